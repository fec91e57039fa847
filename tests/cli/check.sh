# shellcheck shell=bash disable=SC2016

case_valid_plugin() { run check "$plugins/word-count"; exits 0; prints '2 files are valid'; is_silent; }
case_valid_policy() {
  printf '%s\n' 'policy_version: 1' 'defaults: {unlisted: deny}' >policy.yaml
  run check policy.yaml
  exits 0
  prints '1 file is valid'
}
case_all_findings_of_a_manifest() {
  plugin 'licence: MIT' 'limits: {heap: 64}' <<<'export {}'
  run check p
  exits 3
  prints_like '^p/plugin\.yaml:5:1: error\[manifest_invalid\]: '
  prints_like '^p/plugin\.yaml:6:[0-9]+: error\[manifest_invalid\]: '
}
case_unknown_capability() {
  plugin 'capabilities:' '  required:' '    - {id: fs.raed, reason: Read}' <<<'export {}'
  run check p
  exits 3
  prints_like "^p/plugin\.yaml:7:[0-9]+: error\[manifest_invalid\]: .*fs\.raed.*fs\.read"
}
case_syntax_error_in_source() {
  plugin <<<'export {}'
  mkdir p/lib && printf 'import x from "cap:none";\nlet = =;\n' >p/lib/a.mjs
  run check p
  exits 3
  prints_like '^p/lib/a\.mjs:2:[0-9]+: error\[source_invalid\]: '
}
case_nothing_runs() {
  plugin <<<'for (;;);'
  run check p
  exits 0
}
case_imports_are_not_followed() { plugin <<<'import { a } from "cap:fs"; import "./gone.mjs"; a();'; run check p; exits 0; }
case_node_modules_are_passed_over() {
  plugin <<<'export {}'
  mkdir -p p/node_modules/x && echo '(' >p/node_modules/x/bad.mjs
  run check p
  exits 0
}
case_single_source() { echo '(' >bad.mjs; run check bad.mjs; exits 3; prints_like '^bad\.mjs:[12]:[0-9]+: error\[source_invalid\]'; }
case_bad_policy() {
  printf '%s\n' 'policy_version: 1' 'grant: []' >policy.yaml
  run check policy.yaml
  exits 3
  prints_like '^policy\.yaml:2:1: error\[policy_invalid\]: .*grants'
}
case_several_paths() {
  plugin <<<'('
  echo 'policy_version: 3' >policy.yaml
  run check policy.yaml p "$plugins/word-count"
  exits 3
  prints_like '^policy\.yaml:1'
  prints_like '^p/main\.mjs:'
}
case_missing_path() { run check none.yaml; exits 3; prints_like '^none\.yaml: error'; }
case_no_plugin() { mkdir empty; run check empty; exits 3; prints_like '^empty.*error\[manifest_invalid\]'; }
case_no_path() { run check; exits 2; complains '\[usage\].*PATH'; }
case_json() {
  plugin 'licence: MIT' <<<'('
  run check p --json
  exits 3
  json /findings/0/file p/plugin.yaml
  json /findings/0/line 5
  json /findings/0/column 1
  json /findings/1/code source_invalid
  is_silent
}
case_json_without_findings() { run check "$plugins/word-count" --json; exits 0; json /findings '[]'; }
case_settings_that_do_not_fit_their_schema() {
  plugin 'config: {schema: settings.json, defaults: {depth: 0}}' <<<'export {}'
  echo '{"properties": {"depth": {"type": "integer", "minimum": 1}}}' >p/settings.json
  run check p
  exits 3
  prints_like "^p/plugin\.yaml:.*error\[manifest_invalid\]: config: the defaults: 'depth' does not fit the schema: "
  echo '{"type": "wibble"}' >p/settings.json
  run check p
  exits 3
  prints_like '^settings\.json: error\[manifest_invalid\]: the schema of the settings is no JSON Schema: '
}
