# shellcheck shell=bash

# Starts cloche run in the background, waits until it says that it serves, sends SIGNAL and takes its end.
serve_and_send() {
  local signal=$1 pid
  shift
  "$cloche" run "$@" <&0 >"$folder/stdout" 2>"$folder/stderr" &
  pid=$!
  for _ in {1..200}; do
    ! grep -q serving "$folder/stdout" || break
    sleep 0.02
  done
  "${then_wait[@]-:}"
  kill -s "$signal" "$pid"
  status=0
  wait "$pid" || status=$?
}

case_until_sigterm() { serve_and_send TERM "$plugins/word-count"; exits 0; prints_like '^serving cloche\.sample\.word-count 1\.0\.0'; }
case_until_sigint() {
  # A job in the background ignores SIGINT where the shell is not interactive, unless it takes it itself.
  serve_and_send INT "$plugins/word-count"
  exits 0
}
case_several() {
  plugin <<<'export {}'
  serve_and_send TERM p "$plugins/word-count"
  exits 0
  prints_like 'serving test\.plugin'
  prints_like 'serving cloche\.sample\.word-count'
}
case_timers_run() {
  plugin <<<'setInterval(() => console.log("tick"), 10);'
  then_wait=(wait_for tick)
  serve_and_send TERM p
  exits 0
  prints_like '^test\.plugin: tick$'
}
wait_for() {
  for _ in {1..200}; do
    ! grep -q "$1" "$folder/stdout" "$folder/stderr" || return 0
    sleep 0.02
  done
}
case_unhandled_rejection_is_told() {
  plugin <<<'setTimeout(() => { Promise.reject(new Error("lost")); }, 1);'
  then_wait=(wait_for lost)
  serve_and_send TERM p
  exits 0
  complains '^test\.plugin: .*Error: lost'
}
case_busy_plugin_is_ended() {
  plugin 'limits: {cpu_per_call: 10s}' <<<'setTimeout(() => { for (;;); }, 1);'
  serve_and_send TERM p
  exits 0
}
case_one_that_cannot_be_loaded() {
  plugin <<<'('
  run run p "$plugins/word-count"
  exits 3
  complains '\[source_invalid\]: p/main\.mjs'
}
case_json() { serve_and_send TERM --json "$plugins/word-count"; exits 0; json /serving/0/plugin cloche.sample.word-count; }
case_no_folder() { run run; exits 2; complains '\[usage\].*DIR'; }
case_reload_on_sighup() {
  plugin <<<'setInterval(() => console.log("one"), 5);'
  then_wait=(reload_once)
  serve_and_send TERM p
  exits 0
  prints_like '^reloaded test\.plugin 1\.0\.0 from p$'
  prints_like '^test\.plugin: two$'
}
reload_once() {
  plugin <<<'setInterval(() => console.log("two"), 5);'
  kill -s HUP "$pid"
  wait_for two
}
case_reload_of_a_broken_version() {
  plugin <<<'setInterval(() => console.log("one"), 5);'
  then_wait=(reload_broken)
  serve_and_send TERM p
  exits 0
  complains '^not reloaded, test\.plugin 1\.0\.0 goes on: p/main\.mjs.*source_invalid'
}
reload_broken() {
  plugin <<<'('
  kill -s HUP "$pid"
  wait_for 'goes on'
}
case_restart_on_crash() {
  plugin 'limits: {heap: 32MiB, cpu_per_call: 60s, wall_per_call: 60s}' <<<'setTimeout(() => [..."x".repeat(5e8)], 1);'
  then_wait=(wait_for restarted)
  serve_and_send TERM p --restart on-crash
  exits 0
  grep -q '^test\.plugin: restarted$' "$folder/stderr" || fail "expected to be told of the restart"
}
case_restart_unheard_of() { run run p --restart sometimes; exits 2; complains '\[usage\].*--restart'; }
case_dependencies_go_first() {
  plugin 'dependencies:' '  test.core: {version: ^1.0}' <<<'console.log("needy")'
  mkdir core
  sed -e 's/test\.plugin/test.core/' -e '/dependencies/,$d' p/plugin.yaml >core/plugin.yaml
  echo 'console.log("core")' >core/main.mjs
  serve_and_send TERM p core
  exits 0
  [[ $(head -2 "$folder/stdout") == 'test.core: core
test.plugin: needy' ]] || fail "expected core before plugin"
}
case_dependency_that_is_missing() {
  plugin 'dependencies:' '  test.core: {version: ^1.0}' <<<'export {}'
  run run p
  exits 3
  complains '^cloche: p/plugin\.yaml:6:14: error\[manifest_invalid\]|p/plugin\.yaml:6:.*test\.core'
}

case_stats_at_the_end() {
  serve_and_send TERM --stats "$plugins/word-count"
  exits 0
  prints_like '^plugin +calls +errors +cpu'
  prints_like '^cloche\.sample\.word-count +0 +0 '
}
case_stats_on_sigusr1() {
  plugin <<<'setInterval(() => {}, 1e6);'
  then_wait=(request_and_wait '^test\.plugin +0')
  serve_and_send TERM p
  exits 0
  prints_like '^test\.plugin +0 +0 '
}
request_and_wait() {
  kill -s USR1 "$pid"
  wait_for "$1"
}
case_stats_at_an_interval() {
  plugin <<<'export {}'
  then_wait=(wait_for '^test\.plugin  *0')
  serve_and_send TERM p --stats --interval 0.02
  exits 0
  (($(grep -c '^test\.plugin  *0' "$folder/stdout") >= 2)) || fail "expected a report before the last"
}
case_stats_as_json() {
  plugin 'limits: {timers: 2}' <<<'try { for (;;) setTimeout(() => {}, 1e6) } catch {}'
  serve_and_send TERM --json --stats p
  exits 0
  tail -n 1 "$folder/stdout" >"$folder/last" && mv "$folder/last" "$folder/stdout"
  json /statistics/0/plugin test.plugin
  json /statistics/0/timers/used 2
  json /statistics/0/limit_hits/timers 1
}
case_metrics() {
  plugin 'limits: {timers: 2}' <<<'try { for (;;) setTimeout(() => {}, 1e6) } catch {}'
  serve_and_send TERM p --metrics out.prom
  exits 0
  grep -Fqx 'cloche_plugin_limit_hits_total{plugin="test.plugin",instance="1",limit="timers"} 1' out.prom || fail "expected the hit"
  grep -Fqx '# TYPE cloche_plugin_calls_total counter' out.prom || fail "expected a type"
  [[ ! -e out.prom.new ]] || fail "expected no draft"
}
case_metrics_nowhere() {
  plugin <<<'export {}'
  run run p --metrics missing/out.prom
  exits 1
  complains '\[io\]: .*missing/out\.prom'
}
case_trace() {
  plugin <<<'export {}'
  serve_and_send TERM p --trace out.json
  exits 0
  cp out.json "$folder/stdout"
  json /displayTimeUnit ms
  json /traceEvents/0/args/name cloche
}
case_least_privilege() {
  mkdir -p p/files && echo text >p/files/a.txt
  plugin 'capabilities:
  required:
    - {id: clock, reason: to be tested}
    - {id: random, reason: to be tested}
    - {id: fs.read, reason: to be tested, allow: [{path: "$WORKSPACE/p/files/**"}]}' <<'END'
import { now } from 'cap:clock';
import { readText } from 'cap:fs';
now();
await readText('$WORKSPACE/p/files/a.txt');
await readText('$WORKSPACE/p/plugin.yaml').catch(() => {});
END
  serve_and_send TERM p --grant-all --least-privilege
  exits 0
  prints_like '^test\.plugin: random was granted and not used$'
  prints_like "^test\\.plugin: readText of fs\\.read was denied for '.*plugin\\.yaml', 1 time\$"
  ! grep -q 'clock was granted' "$folder/stdout" || fail 'clock was used'
}
case_audit_of_the_policy() {
  plugin 'capabilities: {required: [{id: clock, reason: to be tested}]}' <<'END'
import { now } from 'cap:clock';
now();
END
  cat >policy.yaml <<'END'
policy_version: 1
grants: [{plugin: test.plugin, capability: clock}]
audit: {file: audit.jsonl, events: [allow]}
END
  serve_and_send TERM p --policy policy.yaml
  exits 0
  grep -q '"event":"allow".*"capability":"clock".*"function":"now"' audit.jsonl || fail 'nothing was audited'
}
case_asks_on_the_terminal() {
  plugin 'capabilities: {optional: [{id: clock, reason: to know the time}]}' <<'END'
import { now } from 'cap:clock';
console.log(typeof now());
END
  mkfifo keys
  exec 9<>keys
  echo s >&9
  serve_and_send TERM p --ask <&9
  exits 0
  prints_like '^test\.plugin: number$'
  grep -q 'to know the time' "$folder/stderr" || fail 'nothing was asked'
}
