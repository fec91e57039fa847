# shellcheck shell=bash disable=SC2016

make_layers() {
  printf '%s\n' 'policy_version: 1' 'defaults: {unlisted: deny, optional: deny}' \
    'sets: {reading: [{id: fs.read, allow: [{path: "$WORKSPACE/**"}]}, {id: storage}]}' \
    'ceiling:' '  - {max: [reading], limits: {heap: 128MiB, timers: 10}}' >host.yaml
  printf '%s\n' 'policy_version: 1' 'organisation:' \
    '  - {match: {plugin: "test.*"}, deny: [{id: fs.read, path: "**/.env"}], locked: true}' >org.yaml
  printf '%s\n' 'policy_version: 1' 'grants:' \
    '  - {plugin: test.plugin, capability: fs.read, allow: "*"}' \
    'revoked: [{plugin: com.evil.x, version: "<1.2"}]' >g.yaml
}
layers=(--policy host.yaml --policy org.yaml --grants g.yaml)

case_show_says_what_each_layer_says() {
  make_layers
  run policy show "${layers[@]}"
  exits 0
  prints_like '^  defaults     host\.yaml:2:22: unlisted deny$'
  prints_like '^  defaults     no_ui deny, as nothing says otherwise$'
  prints_like '^  ceiling      host\.yaml:5:5: every plugin: at most fs\.read path \$WORKSPACE/\*\*, storage everything; heap at most 128MiB; timers at most 10$'
  prints_like '^  organisation org\.yaml:3:5: test\.\*: never fs\.read path \*\*/\.env; the user is not asked$'
  prints_like '^  grant        g\.yaml:3:5: test\.plugin: fs\.read: everything, always$'
  prints_like '^  revocation   g\.yaml:4:[0-9]+: com\.evil\.x, versions <1\.2: must not run$'
  prints_like '^what a plugin that nothing names can hold at most$'
  prints_like '^  fs\.read +denied +.*defaults\.optional says deny \(host\.yaml:2:'
  is_silent
}
case_show_says_what_a_plugin_can_hold() {
  make_layers
  run policy show test.plugin "${layers[@]}"
  exits 0
  prints_like '^  fs\.read +granted +path \$WORKSPACE/\*\*, but not path \*\*/\.env$'
  prints_like '^  fs\.write +denied +.*does not list fs\.write in max \(host\.yaml:5:'
  plugin <<<'export {}'
  run policy show p "${layers[@]}" --json
  exits 0
  json /plugin test.plugin
  json /layers/5/layer ceiling
  json /layers/5/where/file host.yaml
}
case_show_without_a_policy() { run policy show; exits 0; prints_like '^  storage +ask '; }
case_show_a_bad_policy() { echo 'a: b' >a.yaml; run policy show --policy a.yaml; exits 3; complains 'a\.yaml:1:'; }

case_check_good_policies() { make_layers; run policy check host.yaml org.yaml --grants g.yaml; exits 0; prints '3 files are valid'; }
case_check_tells_all_that_is_wrong() {
  printf '%s\n' 'policy_version: 1' 'cieling: []' >a.yaml
  printf '%s\n' 'policy_version: 1' 'ceiling: [{deny: [{id: fs.raed}]}]' >b.yaml
  printf '%s\n' 'policy_version: 1' 'ceiling: []' >g.yaml
  run policy check a.yaml b.yaml --grants g.yaml
  exits 3
  prints_like "^a\.yaml:2:1: error\[policy_invalid\]: .*'ceiling'"
  prints_like "^b\.yaml:2:[0-9]+: error\[policy_invalid\]: .*'fs\.read'"
  prints_like "^g\.yaml:2:1: error\[policy_invalid\]: .*no place in a file of grants"
}
case_check_what_policies_say_together() {
  printf '%s\n' 'policy_version: 1' 'sets: {s: [{id: storage}]}' >a.yaml
  printf '%s\n' 'policy_version: 1' 'sets: {s: [{id: clock}]}' >b.yaml
  run policy check a.yaml; exits 0
  run policy check a.yaml b.yaml --json
  exits 3
  json /files 2
  json /findings/0/file b.yaml
  json /findings/0/code policy_invalid
  run explain "$plugins/word-count" --policy a.yaml --policy b.yaml; exits 3; complains 'b\.yaml:2:8.*a\.yaml:2:8'
}
case_check_needs_a_file() { run policy check; exits 2; complains '\[usage\]'; }

version_of() { # FOLDER VERSION KEY REQUIRED
  plugin "publisher: {name: Acme, key: \"$3\"}" "capabilities: {required: [$4]}" <<<'export {}'
  sed -i "s/1\.0\.0/$2/" p/plugin.yaml
  rm -rf "$1"; mv p "$1"
}
key=ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
wide='{id: fs.read, reason: Read, allow: [{path: a}, {path: b}]}'
narrow='{id: fs.read, reason: Read, allow: [{path: a}]}'

case_diff_of_less_is_silent() {
  version_of old 1.0.0 $key "$wide"; version_of new 1.1.0 $key "$narrow"
  run policy diff old new
  exits 0
  prints_like '^test\.plugin 1\.0\.0 -> 1\.1\.0: it requires no more than was accepted$'
  prints_like '^  narrower +fs\.read asks for less: path a \(new/plugin\.yaml:6:'
}
case_diff_of_more_needs_consent() {
  version_of old 1.0.0 $key "$narrow"; version_of new 1.1.0 $key "$wide, {id: storage, reason: Keep}"
  run policy diff old new --json
  exits 4
  json /verdict needs_consent
  json /old_version 1.0.0
  json /changes/0/change wider
  json /changes/1/change new_required
  json /changes/1/where/file new/plugin.yaml
}
case_diff_of_another_publisher() {
  version_of old 1.0.0 $key "$narrow"; version_of new 1.1.0 "${key/11/22}" "$narrow"
  run policy diff old new
  exits 4
  prints_like 'whatever was granted before does not hold'
}
case_diff_of_no_plugin() { run policy diff old new; exits 3; complains 'manifest_invalid'; }
case_no_verb() { run policy; exits 2; complains '\[usage\]'; }
case_unknown_verb() { run policy shwo; exits 2; complains '\[usage\].*shwo'; }
