# shellcheck shell=bash disable=SC2016

make_plugin() {
  plugin 'publisher: {name: Acme, key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}' 'capabilities:' \
    '  required: [{id: storage, reason: Keep}]' \
    '  optional: [{id: fs.read, reason: Look, allow: [{path: "$WORKSPACE/**"}]}]' <<<'export const yes = () => 1;'
}

case_what_the_manifest_asks_for_is_granted() {
  make_plugin
  run grant p fs.read --grants g.yaml
  exits 0
  prints_like '^granted to test\.plugin of the key ed25519:.* in g\.yaml$'
  prints_like '^  fs\.read: path \$WORKSPACE/\*\*, always$'
  is_silent
  [[ $(stat -c %a g.yaml) == 600 ]] || fail "expected a file for its owner alone"
  run explain p fs.read --grants g.yaml
  prints_like '^  fs\.read \(optional\): granted$'
  prints_like '^    grant +allows +g\.yaml:5:'
  run explain p fs.read
  prints_like 'fs\.read \(optional\): not granted$'
}
case_a_granted_plugin_runs() {
  make_plugin
  run call p yes; exits 4
  run grant p storage --grants g.yaml; exits 0
  run call p yes --grants g.yaml
  exits 0
  prints 1
}
case_the_scope_can_be_said() {
  make_plugin
  run grant p fs.read --allow '{path: "$WORKSPACE/a/**"}' --allow '[{"path": "$WORKSPACE/b"}]' --deny 'path: "**/.env"' \
    --grants g.yaml --json
  exits 0
  json /file g.yaml
  json /granted/0/capability fs.read
  json /granted/0/allow 'path $WORKSPACE/a/** or path $WORKSPACE/b'
  json /granted/0/deny 'path **/.env'
  json /granted/0/publisher_key ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
  json /granted/0/lifetime always
}
case_a_pattern_of_ids() {
  run grant 'test.*' storage --grants g.yaml; exits 0
  make_plugin
  run explain p storage --grants g.yaml
  prints_like 'storage \(required\): granted$'
}
case_a_module_is_all_its_facets() {
  run grant com.acme.x fs --allow '*' --grants g.yaml --json
  exits 0
  json /granted/0/capability fs.read
  json /granted/1/capability fs.write
}
case_a_key_goes_with_an_id() {
  make_plugin
  run grant test.plugin storage --key none --grants g.yaml; exits 0
  run explain p storage --grants g.yaml
  prints_like "storage \(required\): not granted$"
  prints_like "another publisher's key"
}
case_a_grant_for_a_workspace_holds_there() {
  make_plugin
  mkdir here there
  run grant p fs.read --lifetime workspace --workspace here --grants g.yaml; exits 0
  run explain p fs.read --grants g.yaml --workspace here; prints_like 'fs\.read \(optional\): granted$'
  run explain p fs.read --grants g.yaml --workspace there; prints_like 'fs\.read \(optional\): not granted$'
}
case_a_grant_expires() {
  make_plugin
  run grant p fs.read --expires 2999-12-31 --grants g.yaml; exits 0
  prints_like 'always until 2999-12-31$'
  run grant p fs.read --expires 2001-01-01 --grants g.yaml; exits 2; complains 'has passed'
  run grant p fs.read --expires tomorrow --grants g.yaml; exits 2; complains 'not a day or instant'
  sed -i s/2999/2001/ g.yaml
  run explain p fs.read --grants g.yaml; prints_like 'the grant has expired'
}
case_without_a_file_the_grant_is_in_the_configuration() {
  run grant com.acme.x storage
  exits 0
  [[ -s $HOME/.config/cloche/grants.yaml ]] || fail "expected a file in the home's configuration"
}
case_what_was_there_stays() {
  printf '%s\n' 'policy_version: 1' 'grants: [{plugin: a.b, capability: log}]' 'revoked: [{plugin: com.evil.x}]' >g.yaml
  run grant com.acme.x storage --grants g.yaml; exits 0
  grep -q 'plugin: a.b' g.yaml && grep -q 'plugin: com.evil.x' g.yaml || fail "expected the old entries in g.yaml"
}
case_a_broken_file_is_left_alone() {
  echo 'policy_version: 2' >g.yaml
  run grant com.acme.x storage --grants g.yaml
  exits 3
  complains 'policy_invalid.*g\.yaml:1:17'
  [[ $(<g.yaml) == 'policy_version: 2' ]] || fail "expected the file as it was"
}
case_a_revoked_plugin_is_told_of() {
  run revoke com.acme.x --plugin-wide --grants g.yaml; exits 0
  run grant com.acme.x storage --grants g.yaml; exits 0
  prints_like 'counts for nothing while com\.acme\.x is revoked \(g\.yaml:'
}
case_what_is_not_asked_for() { make_plugin; run grant p fs.write --grants g.yaml; exits 2; complains 'does not ask for fs\.write'; }
case_a_scope_is_needed_with_an_id() { run grant com.acme.x fs.read --grants g.yaml; exits 2; complains '[-]-allow must say'; }
case_a_rule_that_does_not_fit() {
  run grant com.acme.x fs.read --allow '{path: a, max_byts: 1B}' --grants g.yaml
  exits 2
  complains '[-]-allow:1:21.*max_byts.*max_bytes'
}
case_a_rule_that_is_no_yaml() { run grant com.acme.x fs.read --allow '{path: a' --grants g.yaml; exits 2; complains '[-]-allow:1:'; }
case_unknown_capability() { run grant com.acme.x storge --grants g.yaml; exits 2; complains "did you mean 'storage'"; }
case_a_bad_id() { run grant Com.Acme storage --grants g.yaml; exits 2; complains "'Com.Acme'"; }
case_a_session_is_not_for_a_file() { run grant com.acme.x storage --lifetime session; exits 2; complains 'over when this command ends'; }
case_no_plugin() { run grant ./none storage --grants g.yaml; exits 3; complains 'manifest_invalid'; }
