# shellcheck shell=bash disable=SC2016

case_word_count() { run call "$plugins/word-count" count '"one two  three"'; exits 0; prints 3; is_silent; }
case_json() { run call "$plugins/word-count" count '"one"' --json; exits 0; json /value 1; is_silent; }
case_several_arguments() {
  run call "$plugins/word-count" mostUsed '"b a b"' 1
  exits 0
  prints '[{"text":"b","times":2}]'
}
case_negative_argument() {
  plugin <<<'export const negate = (n, m) => [-n, m]'
  run call p negate -5 -0.5
  exits 0
  prints '[5,-0.5]'
}
case_no_argument() { plugin <<<'export const arity = (...all) => all.length'; run call p arity; exits 0; prints 0; }
case_undefined_prints_nothing() { plugin <<<'export const f = () => {}'; run call p f; exits 0; prints_nothing; }
case_promise_is_awaited() { plugin <<<'export const f = async () => "x"'; run call p f; exits 0; prints '"x"'; }
case_bad_json() {
  run call "$plugins/word-count" count '"a"' '{"a": }'
  exits 2
  prints_nothing
  complains '^cloche: error\[usage\]: argument 2, 1:7: '
}
case_throw_has_a_place() {
  plugin <<<$'\nexport function f() {\n  throw new TypeError("no");\n}'
  run call p f
  exits 5
  complains '^cloche: error\[threw\]: p/main\.mjs:3:[0-9]+: TypeError: no$'
}
case_frames_are_in_the_folder() {
  plugin <<<'export function f() { throw new Error("no"); }'
  run call ./p f --json
  exits 5
  json /error/file ./p/main.mjs
  json /error/frames/0/file ./p/main.mjs
}
case_no_such_export() {
  run call "$plugins/word-count" cuont '"a"'
  exits 1
  complains "\[no_such_export\].*'cuont'.*did you mean 'count'"
}
case_export_is_no_function() { plugin <<<'export const f = 1'; run call p f; exits 1; complains '\[no_such_export\].*not a function'; }
case_required_capability() {
  plugin 'capabilities: {required: [{id: storage, reason: Keep things}]}' <<<'export const f = () => 1'
  run call p f
  exits 4
  complains '^cloche: error\[not_capable\]: p/plugin\.yaml:5:[0-9]+: .*storage'
}
case_grant_all() {
  plugin 'capabilities: {required: [{id: storage, reason: Keep things}]}' <<'JS'
import { get, set } from "cap:storage";
export const f = async (value) => { await set("a", value); return get("a"); };
JS
  run call p f '{"b": [1]}' --grant-all
  exits 0
  prints '{"b":[1]}'
}
case_policy() {
  plugin 'capabilities: {required: [{id: storage, reason: Keep things}]}' <<<'export const f = () => 1'
  printf '%s\n' 'policy_version: 1' 'grants: [{plugin: test.plugin, capability: storage, allow: "*"}]' >policy.yaml
  run call p f --policy policy.yaml
  exits 0
  prints 1
}
case_workspace() {
  mkdir w && echo inside >w/note.txt
  plugin 'capabilities: {required: [{id: fs.read, reason: Read, allow: [{path: "$WORKSPACE/**"}]}]}' <<'JS'
import { readText } from "cap:fs";
export const read = (path) => readText(path);
JS
  run call p read '"$WORKSPACE/note.txt"' --grant-all --workspace w
  exits 0
  prints '"inside\n"'
}
case_outside_the_workspace() {
  plugin 'capabilities: {required: [{id: fs.read, reason: Read, allow: [{path: "$WORKSPACE/**"}]}]}' <<'JS'
import { readText } from "cap:fs";
export const read = (path) => readText(path);
JS
  run call p read '"/etc/hostname"' --grant-all
  exits 4
  complains '\[not_capable\]'
}
case_syntax_error() {
  plugin <<<$'const a = 1;\nexport const f = (;'
  run call p f
  exits 3
  complains '^cloche: error\[source_invalid\]: p/main\.mjs:2:[0-9]+: '
}
case_missing_module() {
  plugin <<<'import "./gone.mjs"; export const f = 1'
  run call p f
  exits 3
  complains '\[module_not_found\]: p/main\.mjs:1:[0-9]+: '
}
case_manifest_invalid() {
  plugin 'licence: MIT' <<<''
  run call p f
  exits 3
  complains '^cloche: error\[manifest_invalid\]: p/plugin\.yaml:5:1: .*license'
}
case_no_plugin() { mkdir empty; run call empty f; exits 3; complains '\[manifest_invalid\]: empty'; }
case_no_folder() { run call none f; exits 3; complains '\[manifest_invalid\]: none'; }
case_policy_invalid() {
  echo 'policy_version: 2' >policy.yaml
  run call "$plugins/word-count" count '"a"' --policy policy.yaml
  exits 3
  complains '^cloche: error\[policy_invalid\]: policy\.yaml:1:[0-9]+: '
}
case_no_policy_file() { run call "$plugins/word-count" count '""' --policy none.yaml; exits 3; complains 'none\.yaml: '; }
case_manifest_limit() {
  plugin 'limits: {cpu_per_call: 50ms}' <<<'export const f = () => { for (;;); }'
  run call p f
  exits 6
  complains '\[cpu_limit\]'
}
case_loop_while_loading() {
  plugin 'limits: {cpu_per_call: 50ms}' <<<'for (;;);'
  run call p f
  exits 6
}
case_isolation_unknown() { run call "$plugins/word-count" count '""' --isolation box; exits 2; complains '--isolation'; }
case_isolation_isolate() { run call "$plugins/word-count" count '"a"' --isolation isolate; exits 0; prints 1; }
case_missing_argument() { run call "$plugins/word-count"; exits 2; complains '\[usage\].*EXPORT'; }
case_console() {
  plugin <<<'export const f = () => { console.info("said"); console.warn("warned"); return 1; }'
  run call p f
  exits 0
  prints $'said\n1'
  complains '^warned$'
}
case_markdown() {
  [[ -e $plugins/markdown/dist/main.mjs ]] || exit 0 # npm has not been run here
  run call "$plugins/markdown" toHtml '"# a <b>"'
  exits 0
  prints '"<h1>a &lt;b&gt;</h1>\n"'
}

case_trace() {
  run call "$plugins/word-count" count '"one two"' --trace out.json
  exits 0
  prints 2
  cp out.json "$folder/stdout"
  prints_like '"ph":"X","name":"count","pid":1'
  json /otherData/dropped_events 0
}
case_trace_nowhere() {
  run call "$plugins/word-count" count '"one two"' --trace missing/out.json
  exits 1
  complains '\[io\]: .*missing/out\.json'
}
case_stats() {
  run call "$plugins/word-count" count '"one two"' --stats
  exits 0
  prints 2
  grep -Eq '^cloche\.sample\.word-count +2 +0 ' "$folder/stderr" || fail "expected the table on stderr"
}
case_a_rate_limit_ends_it() {
  plugin 'limits: {host_calls_per_second: 5}' 'capabilities: {required: [{id: clock, reason: to tell the time}]}' \
    <<<'import { now } from "cap:clock"; export const f = () => { for (;;) now() };'
  run call p f --grant-all
  exits 6
  complains '\[rate_limit\]'
}
case_events_settings_and_transactions() {
  plugin 'config: {schema: s.json, defaults: {depth: 5}}' 'capabilities:' '  required:' \
    '    - {id: config, reason: Settings}' \
    '    - {id: storage, reason: Store}' \
    '    - {id: events.publish, reason: Tell, allow: [{topic: "a.**"}]}' \
    '    - {id: events.subscribe, reason: Listen, allow: [{topic: "a.*"}]}' <<'JS'
import { get } from "cap:config";
import { publish, subscribe } from "cap:events";
import { keys, transaction } from "cap:storage";
export async function go() {
  const heard = [];
  subscribe("**", ({ topic, value, publisher }) => heard.push([topic, value, publisher]));
  await publish("a.b", { x: [1] });
  await publish("a.b.c", "outside of what it may hear");
  const denied = await publish("b", 1).catch((error) => error.code);
  const done = await transaction([{ action: "set", key: "k", value: 1 }], [{ key: "k" }]);
  const again = await transaction([{ action: "removePrefix", key: "" }], [{ key: "k" }]);
  return [get("depth"), heard, denied, done, again, await keys("", { limit: 1 })];
}
JS
  echo '{"properties": {"depth": {"type": "integer"}}}' >p/s.json
  run call p go --grant-all
  exits 0
  prints '[5,[["a.b",{"x":[1]},"test.plugin"]],"not_capable",true,false,["k"]]'
}
