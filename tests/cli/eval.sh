# shellcheck shell=bash disable=SC2016

case_expression() { run eval -e '1+1'; exits 0; prints 2; is_silent; }
case_negative_expression() { run eval -e '-1'; exits 0; prints -1; }
case_string_is_json() { run eval -e '"a\nb" + "ü"'; exits 0; prints '"a\nbü"'; }
case_object_is_an_expression() { run eval -e '{a: [1, null], b: undefined}'; exits 0; prints '{"a":[1,null]}'; }
case_semicolon_after_expression() { run eval -e '1+1; '; exits 0; prints 2; }
case_comment_after_expression() { run eval -e '6*7 // the answer'; exits 0; prints 42; }
case_undefined_prints_nothing() { run eval -e 'undefined'; exits 0; prints_nothing; is_silent; }
case_promise_is_awaited() { run eval -e 'new Promise((done) => setTimeout(done, 5, "late"))'; exits 0; prints '"late"'; }
case_top_level_await_in_expression() { run eval -e 'await Promise.resolve([1])'; exits 0; prints '[1]'; }
case_module_body() { run eval -e 'const n = 6; export default n * 7'; exits 0; prints 42; }
case_module_body_without_default() { run eval -e 'const n = 6;'; exits 0; prints_nothing; }
case_empty_code() { run eval -e ''; exits 0; prints_nothing; }
case_default_promise_is_awaited() { run eval -e 'export default Promise.resolve(3)'; exits 0; prints 3; }

case_throw() {
  run eval -e 'throw new Error("x")'
  exits 5
  prints_nothing
  complains '^cloche: error\[threw\]: <eval>:1:[0-9]+: Error: x$'
}
case_throw_in_expression_keeps_its_line() {
  run eval -e $'[1,\n2].map((n) => n.nothing.here)'
  exits 5
  complains '^cloche: error\[threw\]: <eval>:2:[0-9]+: TypeError: '
}
case_rejected_promise() { run eval -e 'Promise.reject(new RangeError("far"))'; exits 5; complains 'RangeError: far$'; }
case_error_text_cannot_forge_a_line() {
  run eval -e 'throw new Error("a\ncloche: error[internal]: b\x1b[31m")'
  exits 5
  complains 'a\\ncloche: error\[internal\]: b\\x1b\[31m$'
}
case_import_of_capability() { run eval -e 'import("cap:fs")'; exits 4; complains '^cloche: error\[not_capable\]: .*fs'; }
case_static_import_of_capability() { run eval -e 'import {list} from "cap:fs"'; exits 4; complains '\[not_capable\]'; }
case_import_of_file() { run eval -e 'import "./x.mjs"'; exits 3; complains '\[module_not_found\]: <eval>:1:[0-9]+: '; }

case_cpu_limit() {
  local start=${EPOCHREALTIME/./}
  run eval -e 'while(true){}' --cpu 100
  local took=$(((${EPOCHREALTIME/./} - start) / 1000))
  exits 6
  complains '^cloche: error\[cpu_limit\]: '
  ((took < 1000)) || fail "took $took ms"
}
case_wall_limit() { run eval -e 'new Promise(() => {})' --wall 100; exits 6; complains '\[wall_limit\]'; }
case_heap_limit() {
  run eval -e 'const a = []; for (;;) a.push({a: [a.length]})' --heap 16MiB --cpu 20000
  exits 6
  complains '\[heap_limit\]'
}
case_cpu_must_be_positive() { run eval -e 1 --cpu 0; exits 2; complains '^cloche: error\[usage\]: .*--cpu'; }
case_cpu_must_be_a_number() { run eval -e 1 --cpu 1s; exits 2; complains '\[usage\].*--cpu'; }
case_heap_needs_a_unit() { run eval -e 1 --heap 32; exits 2; complains '\[usage\].*--heap'; }

case_syntax_error() {
  run eval -e $'const a = 1;\nlet = = 2'
  exits 3
  prints_nothing
  complains '^cloche: error\[source_invalid\]: <eval>:2:[0-9]+: '
}
case_syntax_error_in_file() {
  printf 'let ok = 1;\n\n  let x = (;\n' >bad.mjs
  run eval bad.mjs
  exits 3
  complains '^cloche: error\[source_invalid\]: bad\.mjs:3:12: '
}
case_console() {
  run eval -e 'console.log("out", 1); console.error("err")'
  exits 0
  prints 'out 1'
  complains '^err$'
}
case_console_shows_escapes() { run eval -e 'console.log("\x1b[2J")'; exits 0; prints '\x1b[2J'; }
case_file() {
  echo 'console.log(import.meta.url.includes(":"), typeof process); export default 5' >program.mjs
  run eval program.mjs
  exits 0
  prints 'true undefined'
}
case_file_as_json() { echo 'console.log("aside"); export default 5' >p.mjs; run eval p.mjs --json; exits 0; json /value 5; }
case_missing_file() { run eval none.mjs; exits 3; complains '^cloche: error\[source_invalid\]: none\.mjs: '; }
case_stdin() { run eval - <<<'console.log("hello")'; exits 0; prints hello; }
case_syntax_error_on_stdin() { run eval - <<<$'\n)'; exits 3; complains '<stdin>:2:1: '; }
case_neither_file_nor_code() { run eval; exits 2; complains '\[usage\]'; }
case_file_and_code() { run eval x.mjs -e 1; exits 2; complains '\[usage\]'; }

case_grant() {
  echo hello >note.txt
  run eval -e '(await import("cap:fs")).readText("$WORKSPACE/note.txt")' --grant fs.read
  exits 0
  prints '"hello\n"'
}
case_grant_of_a_module() {
  run eval -e 'const fs = await import("cap:fs"); export default Object.keys(fs).sort().includes("writeText")' --grant fs
  exits 0
  prints true
}
case_grant_gives_nothing_else() { run eval -e 'import("cap:fs")' --grant clock; exits 4; }
case_unknown_grant() { run eval -e 1 --grant fs.raed; exits 2; complains "\[usage\].*did you mean 'fs.read'"; }
case_policy_narrows_a_grant() {
  printf '%s\n' 'policy_version: 1' 'ceiling: [{match: {plugin: "*"}, deny: [{id: "fs.*"}]}]' >policy.yaml
  run eval -e 1 --grant fs --policy policy.yaml
  exits 4
  complains '\[not_capable\].*fs'
}

case_json_value() { run eval -e '({a: 1})' --json; exits 0; json /value/a 1; is_silent; }
case_json_undefined() { run eval -e 'undefined' --json; exits 0; json '' '{}'; }
case_json_console_is_aside() { run eval -e 'console.log("x"), 1' --json; exits 0; json /value 1; complains '^x$'; }
case_json_error() {
  run eval -e $'function f() { throw new TypeError("no"); }\nexport default f()' --json
  exits 5
  json /error/code threw
  json /error/class TypeError
  json /error/message no
  json /error/file '<eval>'
  json /error/line 1
  json /error/frames/0/function f
  json /error/frames/1/line 2
  complains '\[threw\]'
}
case_json_cause() {
  run eval -e 'throw new Error("outer", {cause: new Error("inner")})' --json
  exits 5
  json /error/cause/message inner
}
case_json_usage() { run eval --json; exits 2; json /error/code usage; }

case_trace() {
  run eval -e '1+1' --trace out.json
  exits 0
  prints 2
  cp out.json "$folder/stdout"
  prints_like '"name":"worker 1"'
}
