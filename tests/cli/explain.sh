# shellcheck shell=bash disable=SC2016

make_plugin() {
  plugin 'capabilities:' '  required: [{id: storage, reason: Keep "things"}]' \
    '  optional: [{id: fs.read, reason: Look, allow: [{path: "$WORKSPACE/**"}]}]' <<<'export {}'
}
make_policy() {
  printf '%s\n' 'policy_version: 1' 'ceiling:' '  - {match: {plugin: "*"}, deny: [{id: "fs.*"}]}' \
    'grants:' '  - {plugin: test.plugin, capability: storage, allow: "*"}' >policy.yaml
}

case_nothing_is_granted_without_policy() {
  make_plugin
  run explain p
  exits 0
  prints_like '^test\.plugin 1\.0\.0: cannot be loaded'
  prints_like '^  storage \(required\): not granted$'
  prints_like 'p/plugin\.yaml:6:'
  is_silent
}
case_policy_grants_and_denies() {
  make_plugin; make_policy
  run explain p --policy policy.yaml
  exits 0
  prints_like '^test\.plugin 1\.0\.0: can be loaded'
  prints_like '^  storage \(required\): granted$'
  prints_like '^    grant +allows +policy\.yaml:5:'
  prints_like '^  fs\.read \(optional\): not granted$'
  prints_like '^    ceiling +denies +policy\.yaml:3:'
}
case_one_capability() {
  make_plugin; make_policy
  run explain p fs.read --policy policy.yaml
  exits 0
  prints_like 'fs\.read'
  ! grep -q storage "$folder/stdout" || fail "expected fs.read alone"
}
case_a_module_is_all_its_facets() { make_plugin; run explain p fs; exits 0; prints_like '^  fs\.read '; }
case_not_asked_for() { make_plugin; run explain p clock; exits 0; prints_like 'clock: not asked for'; }
case_unknown_capability() { make_plugin; run explain p storge; exits 2; complains "\[usage\].*did you mean 'storage'"; }
case_grant_all() { make_plugin; run explain p --grant-all; exits 0; prints_like 'can be loaded'; }
case_no_capability() { run explain "$plugins/word-count"; exits 0; prints_like 'asks for no capability'; }
case_json() {
  make_plugin; make_policy
  run explain p --policy policy.yaml --json
  exits 0
  json /plugin test.plugin
  json /loadable true
  json /decisions/0/capability storage
  json /decisions/0/granted true
  json /decisions/0/reason 'Keep "things"'
  json /decisions/1/granted false
  json /decisions/1/steps/0/layer manifest
  json /limits/heap 64MiB
}
case_no_plugin() { run explain none; exits 3; complains '\[manifest_invalid\]'; }
case_bad_policy() { make_plugin; echo 'a: b' >policy.yaml; run explain p --policy policy.yaml; exits 3; }
