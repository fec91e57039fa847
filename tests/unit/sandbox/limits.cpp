// Limits: each ends what goes beyond it with its own code, and the next call works.
#include "support.h"

#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

Registry waiting() {
  Registry registry;
  registry.define("t")
      .sync("nap", [](Call& call, double ms) { return call.sleep(std::chrono::milliseconds(static_cast<int>(ms))); })
      .async("later", [](Call& call, double ms) { return call.sleep(std::chrono::milliseconds(static_cast<int>(ms))); })
      .sync("take", [](const Value&) {})
      .sync("give", [](double size) { return std::string(static_cast<std::size_t>(size), 'x'); })
      .async("give_later", [](double size) { return std::string(static_cast<std::size_t>(size), 'x'); })
      .sync("number", [](double x) { return x; });
  return registry;
}

// A plugin with tight limits; `ping` shows that it still works.
Package limited(const std::string& source, const std::string& limits) {
  return module("import * as t from 'cap:t'; export const ping = () => 'pong';\n" + source, {"t"},
                "limits: {" + limits + "}\n");
}

void check_ended(Sandbox& box, const std::string& body, const std::string& limits, Errc expected) {
  CAPTURE(body);
  Plugin plugin = box.load(limited("export function f() { " + body + " }", limits));
  for (int i = 0; i < 2; ++i) {
    CHECK(ask_error(plugin, "f").code() == expected);
    CHECK(ask(plugin, "ping") == Value("pong"));
  }
}

}  // namespace

TEST_CASE("a call that computes for too long ends with cpu_limit, however it does it") {
  Sandbox box(each_mode(), waiting());
  const std::string limits = "cpu_per_call: 20ms";
  for (const char* body : {
           "for (;;) {}",
           "try { for (;;) {} } finally { for (;;) {} }",
           "const again = () => { try { for (;;) {} } catch { again() } finally { again() } }; again()",
           "/(a*)*b/.test('a'.repeat(40))",
           "const flood = () => queueMicrotask(flood); flood()",
           "const flood = () => Promise.resolve().then(flood); return flood()",
           "return (async () => { for (;;) await null })()",
           "t.take({get x() { for (;;) {} }})",
           "t.number({valueOf() { for (;;) {} }} * 1)",
           "return {get x() { for (;;) {} }}",
           "return new Proxy({}, {ownKeys() { for (;;) {} }})",
           "const e = new Error(); Object.defineProperty(e, 'message', {get() { for (;;) {} }}); throw e",
           "return {then() { for (;;) {} }}.then()",
           "[3, 1, 2].sort(() => { for (;;) {} })",
           "console.log({get x() { for (;;) {} }})",
           "for (;;) t.number(1)",
           "for (;;) try { t.number('x') } catch {}",
       }) {
    check_ended(box, body, limits, Errc::cpu_limit);
  }
}

TEST_CASE("a call's own limit can be tighter than the plugin's") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export function f() { for (;;) {} }", "cpu_per_call: 10s"));
  CHECK(plugin.call_with<Value>({.cpu = 10ms}, "f").get().error().code() == Errc::cpu_limit);
  CHECK(plugin.call_with<Value>({.wall = 10ms}, "f").get().error().code() == Errc::wall_limit);
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("a call that waits for too long ends with wall_limit, however it does it") {
  Sandbox box(each_mode(), waiting());
  const std::string limits = "wall_per_call: 30ms";
  for (const char* body : {
           "return new Promise(() => {})",
           "return (async () => { await new Promise(() => {}) })()",
           "t.nap(100000)",
           "try { t.nap(100000) } catch {} for (;;) t.nap(100000)",
           "return t.later(100000)",
           "return (async () => { for (;;) await t.later(1) })()",
           "return new Promise(() => { setInterval(() => {}, 1) })",
       }) {
    check_ended(box, body, limits, Errc::wall_limit);
  }
}

TEST_CASE("waiting is not computing") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export function f() { t.nap(60); return 1 } export const g = () => t.later(60);",
                                   "cpu_per_call: 30ms"));
  CHECK(ask<int>(plugin, "f") == 1);
  CHECK(plugin.call<void>("g").get().has_value());
}

TEST_CASE("a heap that grows beyond its limit ends the call, and its memory is there again for the next") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    export function objects() { const all = []; for (;;) all.push({x: [1, 2, 3]}) }
    export function strings() { const all = []; for (let i = 0;; i++) all.push(String(i).repeat(50)) }
    export function closures() { let f = () => 1; for (;;) { const g = f; f = () => g } }
    export async function promises() { const all = []; for (;;) { all.push(new Promise(() => {})); } }
    export function half() { const all = []; for (let i = 0; i < 100000; i++) all.push({x: i}); return all.length }
  )", "heap: 16MiB, cpu_per_call: 60s, wall_per_call: 120s"));
  for (const char* name : {"objects", "strings", "closures", "promises", "objects"}) {
    CAPTURE(name);
    CHECK(ask_error(plugin, name).code() == Errc::heap_limit);
    CHECK(ask(plugin, "ping") == Value("pong"));
    CHECK(ask<int>(plugin, "half") == 100000);
  }
}

TEST_CASE("ArrayBuffers beyond the external limit are a RangeError") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    export const f = (size) => { try { return new Uint8Array(size).length } catch (e) { return e.name } };
    export function flood() { const all = []; try { for (;;) all.push(new ArrayBuffer(65536)) } catch (e) { return [all.length, e.name] } }
  )", "external: 4MiB"));
  CHECK(ask<int>(plugin, "f", 1 << 20) == 1 << 20);
  CHECK(ask(plugin, "f", 5 << 20) == Value("RangeError"));
  CHECK(ask(plugin, "f", 1e12) == Value("RangeError"));
  const Value flood = ask(plugin, "flood");
  CHECK(flood.as<Array>()->at(1) == Value("RangeError"));
  CHECK(*flood.as<Array>()->at(0).as<double>() <= 64);
  CHECK(ask_error(plugin, "f", Bytes(5 << 20)).code() == Errc::size_limit);
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("endless recursion is a RangeError the plugin can catch") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    const deep = (n) => deep(n + 1) + 1;
    export const f = () => deep(0);
    export const g = () => { try { deep(0) } catch (e) { return e instanceof RangeError } };
    export const h = () => { const json = "[".repeat(1e5); try { JSON.parse(json) } catch (e) { return e.name } };
  )", "stack: 256KiB"));
  const Error error = ask_error(plugin, "f");
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "RangeError");
  CHECK(ask<bool>(plugin, "g"));
  CHECK(ask<std::string>(plugin, "h").ends_with("Error"));
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("arguments and results beyond the message limit are refused, both ways") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    export const same = (x) => x;
    export const make = (n) => "x".repeat(n);
    export const bytes = (n) => new Uint8Array(n);
    export const empties = (n) => new Array(n).fill("");
    export const sparse = () => { const a = []; a[4e9] = 1; return a };
    const attempt = async (f) => { try { const x = await f(); return x === undefined ? "taken" : x.length } catch (e) { return [e.name, e.code] } };
    export const take = (n) => attempt(() => t.take("x".repeat(n)));
    export const give = (n) => attempt(() => t.give(n));
    export const give_later = (n) => attempt(() => t.give_later(n));
  )", "message: 64KiB"));
  const std::string small(60000, 'x');
  const std::string large(70000, 'x');
  CHECK(ask<std::string>(plugin, "same", small) == small);
  CHECK(ask_error(plugin, "same", large).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "make", 70000).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "make", 5e8).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "bytes", 70000).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "empties", 10000).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "sparse").code() == Errc::size_limit);
  CHECK(ask(plugin, "take", 60000) == Value("taken"));
  CHECK(json(ask(plugin, "take", 70000)) == R"(["RangeError","size_limit"])");
  CHECK(ask<int>(plugin, "give", 60000) == 60000);
  CHECK(json(ask(plugin, "give", 70000)) == R"(["RangeError","size_limit"])");
  CHECK(ask<int>(plugin, "give_later", 60000) == 60000);
  CHECK(json(ask(plugin, "give_later", 70000)) == R"(["RangeError","size_limit"])");
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("calls beyond the mailbox limit are refused at once") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export const f = () => t.nap(20);", "mailbox: 4"));
  std::vector<Future<void>> calls;
  // The first is under way, or in the mailbox as well; four wait.
  for (int i = 0; i < 12; ++i) calls.push_back(plugin.call<void>("f"));
  std::size_t refused = 0;
  for (auto& call : calls) {
    const auto result = call.get();
    if (result) continue;
    CHECK(result.error().code() == Errc::mailbox_limit);
    ++refused;
  }
  // A call of an idle plugin on its own thread is answered before the next is made.
  const bool at_once = box.host().wake_handle() >= 0;
  CHECK(refused == (at_once ? 0 : refused));
  if (!at_once) CHECK(refused >= 7);
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("the time of a call in the mailbox counts") {
  Sandbox box(1, waiting());
  Plugin plugin = box.load(limited("export const f = () => t.nap(60);", "wall_per_call: 1s"));
  auto first = plugin.call<void>("f");
  const Error late = plugin.call_with<Value>({.wall = 10ms}, "ping").get().error();
  CHECK(late.code() == Errc::wall_limit);
  CHECK(first.get().has_value());
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("a limit that ends one call leaves the others that wait") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export const slow = () => t.later(60).then(() => 'slow'); export const spin = () => { for (;;) {} };",
                                   "cpu_per_call: 20ms"));
  auto slow = plugin.call("slow");
  CHECK(ask_error(plugin, "spin").code() == Errc::cpu_limit);
  CHECK(slow.get().value() == Value("slow"));
}

TEST_CASE("a call whose host function blocks for too long is answered in time, and the plugin goes on when it has ended") {
  Events events;
  Sandbox box(each_mode(), blocking(events));
  Plugin plugin = box.load(limited("export const f = () => { t.block(); for (;;) {} };", "wall_per_call: 20ms"));
  std::optional<Future<Value>> call;
  std::thread([&] { call.emplace(plugin.call("f")); }).join();
  CHECK(call->get().error().code() == Errc::wall_limit);
  CHECK(events.count("blocking") == 1);
  events.add("let go");
  // What waits in the mailbox has a time of its own; the plugin is free again after a while.
  auto answer = plugin.call("ping").get();
  while (!answer && answer.error().code() == Errc::wall_limit) answer = plugin.call("ping").get();
  CHECK(answer.value() == Value("pong"));
}

TEST_CASE("host functions beyond their rate are refused, and admitted again when time has passed") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    const attempt = (f) => { try { f(); return "" } catch (e) { return e.name + " " + e.code } };
    export const flood = () => { let last = ""; for (let i = 0; i < 1e6 && last === ""; i++) last = attempt(() => t.number(i)); return last };
    export const later = () => attempt(() => t.later(1));
    export const uncaught = () => { for (;;) t.number(1) };
  )", "host_calls_per_second: 20"));
  CHECK(ask<std::string>(plugin, "flood") == "Error rate_limit");
  CHECK(ask_error(plugin, "uncaught").code() == Errc::rate_limit);
  CHECK(plugin.statistics().hits_of(Limit::host_calls_per_second) >= 2);
  CHECK(plugin.statistics().host_calls > 20);
  // A twentieth of a second brings one more.
  std::this_thread::sleep_for(60ms);
  CHECK(ask<std::string>(plugin, "later") == "");
}

TEST_CASE("a plugin may make its second's worth of host calls at once") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export const f = () => { for (let i = 0; i < 50; i++) t.number(i); return 'done' };",
                                   "host_calls_per_second: 50"));
  CHECK(ask(plugin, "f") == Value("done"));
  CHECK(plugin.statistics().host_calls == 50);
}

TEST_CASE("values that are nested too deeply do not cross, in either direction") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited(R"(
    const nest = (n) => { let x = 1; for (let i = 0; i < n; i++) x = [x]; return x };
    const attempt = (f) => { try { f(); return "taken" } catch (e) { return e.code } };
    export const make = nest;
    export const take = (n) => attempt(() => t.take(nest(n)));
    export const same = (x) => x;
  )", "message: 1MiB"));
  const auto nest = [](int levels) {
    Value value(1);
    for (int i = 0; i < levels; ++i) value = Value(Array{std::move(value)});
    return value;
  };
  CHECK(ask(plugin, "same", nest(200)) == nest(200));
  const Error error = ask_error(plugin, "same", nest(201));
  CHECK(error.code() == Errc::size_limit);
  CHECK(ask_error(plugin, "make", 201).code() == Errc::size_limit);
  CHECK(ask(plugin, "take", 200) == Value("taken"));
  CHECK(ask(plugin, "take", 201) == Value("size_limit"));
  CHECK(plugin.statistics().hits_of(Limit::message) == 3);
}

TEST_CASE("a value of the host's that the plugin's ArrayBuffers leave no room for is refused") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("let kept; export const keep = (n) => { kept = new Uint8Array(n); return 0 }; export const size = (x) => x.length;",
                                   "external: 1MiB, message: 4MiB"));
  CHECK(ask<int>(plugin, "size", Bytes(1000)) == 1000);
  CHECK(ask<int>(plugin, "keep", 1 << 19) == 0);
  CHECK(ask_error(plugin, "size", Bytes(1 << 20)).code() == Errc::external_limit);
  CHECK(ask(plugin, "ping") == Value("pong"));
  CHECK(plugin.statistics().hits_of(Limit::external) == 1);
  CHECK(plugin.statistics().external.used >= (1 << 19));
}

TEST_CASE("calls may wait outside a full mailbox, and are answered in the order they were made") {
  Events events;
  Registry registry;
  registry.define("t").async("gate", [&](Call& call) { return call.blocking([&] { events.wait_for("open"); }); });
  registry.define("u").sync("block", [&](Call& call) { return call.blocking([&] { events.wait_for("open"); }); });
  Sandbox box(1, std::move(registry));
  Plugin plugin = box.load(module(
      "import { block } from 'cap:u'; const all = []; export const hold = () => block(); export const f = (n) => { all.push(n); return all.length };"
      "export const seen = () => all;",
      {"u"}, "limits: {mailbox: 3}\n"));
  auto held = plugin.call<void>("hold");
  std::vector<Future<int>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(plugin.call_with<int>({.when_full = WhenFull::wait}, "f", i));
  CHECK(plugin.statistics().calls_outside >= 16);
  CHECK(plugin.call("seen").get().error().code() == Errc::mailbox_limit);
  events.add("open");
  CHECK(held.get().has_value());
  for (int i = 0; i < 20; ++i) CHECK(calls[static_cast<std::size_t>(i)].get().value() == i + 1);
  CHECK(json(ask(plugin, "seen")) == "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]");
  CHECK(plugin.statistics().calls_outside == 0);
  CHECK(plugin.statistics().hits_of(Limit::mailbox) >= 17);
}

TEST_CASE("a call outside a full mailbox waits no longer than its wall time, nor than the plugin is loaded") {
  Events events;
  Registry registry;
  registry.define("u").sync("block", [&](Call& call) { return call.blocking([&] { events.wait_for("open"); }); });
  Sandbox box(1, std::move(registry));
  Plugin plugin = box.load(module("import { block } from 'cap:u'; export const hold = () => block();", {"u"},
                                  "limits: {mailbox: 1}\n"));
  auto held = plugin.call<void>("hold");
  auto waits = plugin.call<void>("hold");
  auto late = plugin.call_with<Value>({.wall = 10ms, .when_full = WhenFull::wait}, "hold");
  auto unloaded = plugin.call_with<Value>({.when_full = WhenFull::wait}, "hold");
  CHECK(late.get().error().code() == Errc::wall_limit);
  auto gone = plugin.unload();
  CHECK(unloaded.get().error().code() == Errc::unloaded);
  events.add("open");
  CHECK(gone.get().has_value());
}

TEST_CASE("what is logged beyond the rate is dropped, counted, and told") {
  Sandbox box(each_mode(), waiting());
  Plugin plugin = box.load(limited("export const f = (n) => { for (let i = 0; i < n; i++) console.log('x'.repeat(1000)) };",
                                   "log_per_second: 4KiB"));
  ask(plugin, "f", 10000);
  const Statistics statistics = plugin.statistics();
  CHECK(statistics.log_dropped > 0);
  CHECK(statistics.log_bytes + statistics.log_dropped == 10'000'000);
  CHECK(statistics.hits_of(Limit::log_per_second) > 0);
  CHECK(box.log().texts().size() < 10'000);
}
