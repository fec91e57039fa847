# shellcheck shell=bash disable=SC2016

make_grants() {
  printf '%s\n' 'policy_version: 1' 'grants:' \
    '  - {plugin: com.acme.x, capability: storage}' \
    '  - {plugin: com.acme.x, capability: fs.read, allow: [{path: a}]}' \
    '  - {plugin: com.acme.x, capability: fs.write, allow: [{path: a}]}' \
    '  - {plugin: com.acme.y, capability: storage}' "$@" >g.yaml
}
left() { [[ $(grep -c 'capability:' g.yaml) == "$1" ]] || fail "expected $1 grants in g.yaml: $(<g.yaml)"; }

case_one_capability() {
  make_grants
  run revoke com.acme.x fs.read --grants g.yaml
  exits 0
  prints 'revoked 1 grant of com.acme.x in g.yaml'
  is_silent
  left 3
}
case_a_module() { make_grants; run revoke com.acme.x fs --grants g.yaml; exits 0; prints_like 'revoked 2 grants'; left 2; }
case_a_pattern() { make_grants; run revoke com.acme.x 'fs.*' --grants g.yaml; exits 0; prints_like 'revoked 2 grants'; left 2; }
case_everything() { make_grants; run revoke com.acme.x --grants g.yaml; exits 0; prints_like 'revoked 3 grants'; left 1; }
case_nothing_to_revoke() { run revoke com.acme.x --grants g.yaml; exits 0; prints_like 'revoked 0 grants'; }
case_by_its_folder() {
  plugin <<<'export {}'
  run grant test.plugin storage --grants g.yaml; exits 0
  run revoke p --grants g.yaml; exits 0; prints_like 'revoked 1 grant of test\.plugin'
}
case_what_goes_on_granting_it_is_told() {
  make_grants '  - {plugin: "com.*", capability: "fs.*", allow: "*"}'
  run revoke com.acme.x fs.read --grants g.yaml
  exits 1
  prints_like '^still granted to com\.\* by g\.yaml:[0-9]+:'
  prints_like '^  fs\.\*: everything, always$'
  run revoke com.acme.x fs.read --grants g.yaml --json
  exits 1
  json /revoked 0
  json /remaining/0/plugin 'com.*'
}
case_plugin_wide() {
  plugin <<<'export const one = 1;'
  run revoke test.plugin --plugin-wide --version '<1.2' --grants g.yaml
  exits 0
  prints 'revoked test.plugin, versions <1.2 in g.yaml; it must not run'
  run call p one --grant-all --grants g.yaml; exits 4; complains 'not_capable.*g\.yaml:[0-9]+.*is revoked'
  run revoke test.plugin --plugin-wide --undo --grants g.yaml --json
  exits 0
  json /reinstated 1
  run call p one --grant-all --grants g.yaml; complains 'no_such_export'
}
case_plugin_wide_json() {
  run revoke com.evil.x --plugin-wide --version '<1.2' --grants g.yaml --json
  exits 0
  json /file g.yaml
  json /plugin com.evil.x
  json /version '<1.2'
}
case_one_capability_is_not_the_plugin() { run revoke com.acme.x fs.read --plugin-wide; exits 2; complains '[-]-plugin-wide'; }
case_a_version_is_of_the_plugin() { run revoke com.acme.x --version '<1'; exits 2; complains '[-]-plugin-wide'; }
case_a_bad_range() { run revoke com.acme.x --plugin-wide --version newest --grants g.yaml; exits 2; complains '[-]-version'; }
case_a_broken_file() { echo '}' >g.yaml; run revoke com.acme.x --grants g.yaml; exits 3; complains 'g\.yaml:1:'; }
