# shellcheck shell=bash

case_only_what_is_asked_for() {
  plugin 'capabilities: {required: [{id: storage, reason: Keep things}]}' <<<'export {}'
  run types p
  exits 0
  prints_like 'declare module "cap:storage"'
  prints_like 'setTimeout'
  ! grep -q 'cap:fs' "$folder/stdout" || fail "expected no cap:fs"
  is_silent
}
case_facet() {
  # shellcheck disable=SC2016
  plugin 'capabilities: {optional: [{id: fs.read, reason: Read, allow: [{path: "$WORKSPACE/**"}]}]}' <<<'export {}'
  run types p
  exits 0
  prints_like 'readText'
  ! grep -q 'writeText' "$folder/stdout" || fail "expected no writeText"
}
case_no_capability() {
  run types "$plugins/word-count"
  exits 0
  [[ $(grep -c 'declare module' "$folder/stdout") == 1 ]] || fail "expected what every plugin has, and no more"
  prints_like '^declare module "cap:permissions"'
}
case_json() {
  run types "$plugins/preferences" --json
  exits 0
  json /plugin cloche.sample.preferences
  "$json_at" /types <"$folder/stdout" | grep -q 'cap:storage' || fail "expected cap:storage"
}
case_no_plugin() { run types none; exits 3; complains '\[manifest_invalid\]'; }
