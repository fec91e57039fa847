// Floods, loops and bombs: the plugin ends, its neighbours and its host do not notice.
#include "unit/sandbox/support.h"

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kHealthy = R"(
  import { nap, later } from "cap:t";
  export const now = (x) => x + 1;
  export const timer = () => new Promise((done) => setTimeout(done, 1, "timer"));
  export const napping = () => { nap(); return "napped" };
  export const waiting = async () => { await later(); return "later" };
)";

// A small heap, and time enough to fill it on a machine that is busy.
constexpr auto kPatient = "limits: {heap: 32MiB, cpu_per_call: 60s, wall_per_call: 120s}\n";

Registry waiting() {
  Registry registry;
  registry.define("t").sync("nap", [](Call& call) { return call.sleep(1ms); }).async("later", [](Call& call) {
    return call.sleep(1ms);
  });
  return registry;
}

void check_healthy(Plugin& plugin) {
  CHECK(ask<int>(plugin, "now", 1) == 2);
  CHECK(ask(plugin, "timer") == Value("timer"));
  CHECK(ask(plugin, "napping") == Value("napped"));
  CHECK(ask(plugin, "waiting") == Value("later"));
}

Package tight(const std::string& source, const std::string& limits) { return module(source, {}, "limits: {" + limits + "}\n"); }

}  // namespace

TEST_CASE("two plugins in endless loops and a healthy one on one worker: the healthy one keeps answering") {
  Sandbox box(1, waiting());
  Plugin healthy = box.load(kHealthy, {"t"});
  const Package endless = tight("export const f = () => { for (;;) {} };", "cpu_per_call: 60s, wall_per_call: 60s");
  Plugin one = box.load(endless);
  Plugin two = box.load(endless);
  auto first = one.call("f");
  auto second = two.call("f");
  for (int i = 0; i < 20; ++i) check_healthy(healthy);
  CHECK_FALSE(first.ready());
  CHECK_FALSE(second.ready());
  CHECK(one.unload().get().has_value());
  CHECK(first.get().error().code() == Errc::unloaded);
  check_healthy(healthy);
  CHECK_FALSE(second.ready());
}

TEST_CASE("thirty plugins that compute at once all come to their right result") {
  Sandbox box(1);
  std::vector<Plugin> plugins;
  std::vector<Future<double>> results;
  for (int i = 0; i < 30; ++i) {
    plugins.push_back(box.load(tight(
        "export const f = (x) => { let a = x, all = []; for (let i = 0; i < 2e6; i++) { a = (a * 1103515245 + 12345) % 2147483648;"
        " if (i % 100 === 0) all.push({a}); } return all.reduce((s, o) => (s + o.a) % 1000003, 0) };",
        "cpu_per_call: 60s, wall_per_call: 120s")));
  }
  for (Plugin& plugin : plugins) results.push_back(plugin.call<double>("f", 1));
  const double expected = results.front().get().value();
  for (std::size_t i = 1; i < results.size(); ++i) CHECK(results[i].get().value() == expected);
}

TEST_CASE("what the engine cannot survive ends that plugin alone") {
  Sandbox box(each_thread(), waiting());
  Plugin healthy = box.load(kHealthy, {"t"});
  for (const char* bomb : {
           "[...'.'.repeat(5e8)].length",
           "'x'.repeat(2e8).replace(/x/g, 'yy').length",
           "new Array(1e8).fill(0).map((_, i) => ({i})).length",
           "Array.from({length: 1e8}, (_, i) => [i]).length",
       }) {
    CAPTURE(bomb);
    Plugin plugin = box.load(tight(std::string("export const ping = () => 1; export const f = () => ") + bomb + ";",
                                   "heap: 32MiB, cpu_per_call: 60s, wall_per_call: 120s"));
    const Error error = ask_error(plugin, "f");
    CHECK((error.code() == Errc::crashed || error.code() == Errc::heap_limit));
    const auto after = plugin.call("ping").get();
    if (error.code() == Errc::crashed) {
      REQUIRE_FALSE(after.has_value());
      CHECK(after.error().code() == Errc::crashed);
    } else {
      CHECK(after.has_value());
    }
    check_healthy(healthy);
  }
  CHECK(box.events().count("crashed com.example.test") >= 1);
}

TEST_CASE("a collection that runs out of memory ends the plugin, however often it happens") {
  Sandbox box(each_mode());
  for (int i = 0; i < 8; ++i) {
    Plugin plugin = box.load(module("export const f = () => 'x'.repeat(2e7).replace(/x/g, 'yy').length;", {}, kPatient));
    const Errc code = ask_error(plugin, "f").code();
    CHECK((code == Errc::crashed || code == Errc::heap_limit));
  }
}

TEST_CASE("a crash fails everything that waits for the plugin, and tells the observer once") {
  Registry registry;
  registry.define("t").async("later", [](Call& call) { return call.sleep(1h); });
  Sandbox box(each_thread(), std::move(registry));
  Plugin plugin = box.load(module("import { later } from 'cap:t'; export const never = () => new Promise(() => {});\n"
                                  "export const bomb = () => [...'.'.repeat(5e8)].length; export const wait = () => later();",
                                  {"t"}, kPatient));
  auto never = plugin.call("never");
  auto wait = plugin.call("wait");
  CHECK(ask_error(plugin, "bomb").code() == Errc::crashed);
  CHECK(never.get().error().code() == Errc::crashed);
  CHECK(wait.get().error().code() == Errc::crashed);
  CHECK(plugin.unload().get().has_value());
  CHECK(ask_error(plugin, "never").code() == Errc::crashed);
  CHECK(box.events().count("crashed com.example.test") == 1);
}

TEST_CASE("a crash below a host function of another plugin comes back as an error") {
  Plugin* bomb = nullptr;
  Registry registry;
  registry.define("t").sync("ask", [&]() -> Result<Value> { return bomb->call("f").get(); });
  Sandbox box(each_thread(), std::move(registry));
  Plugin bomber = box.load(module("export const f = () => [...'.'.repeat(5e8)].length;", {}, kPatient));
  bomb = &bomber;
  Plugin caller = box.load(module("import { ask } from 'cap:t'; export const f = () => { try { return ask() } catch (e) { return e.code } };",
                                  {"t"}, kPatient));
  CHECK(ask(caller, "f") == Value("crashed"));
  CHECK(ask(caller, "f") == Value("crashed"));
}

TEST_CASE("a crash while a plugin is loaded is the load's error") {
  Sandbox box(each_thread());
  CHECK(box.load_error(module("[...'.'.repeat(5e8)]", {}, kPatient)).code() == Errc::crashed);
  Plugin plugin = box.load("export const f = () => 1;");
  CHECK(ask<int>(plugin, "f") == 1);
}

TEST_CASE("floods of timers, intervals, rejections and log lines are bounded") {
  Sandbox box(each_thread(), waiting());
  Plugin healthy = box.load(kHealthy, {"t"});
  Plugin plugin = box.load(tight(R"(
    export const timers = () => { let n = 0; try { for (;;) { setInterval(() => {}, 0); n++ } } catch (e) { return [n, e.code] } };
    export const rejections = () => { for (let i = 0; i < 10000; i++) Promise.reject(new Error("flood")); return "done" };
    export const late = () => { setTimeout(function again() { Promise.reject(1); setTimeout(again) }); return "set" };
    export const ping = () => "pong";
  )", "timers: 100"));
  CHECK(json(ask(plugin, "timers")) == R"([100,"timer_limit"])");
  check_healthy(healthy);
  CHECK(ask(plugin, "rejections") == Value("done"));
  CHECK(ask(plugin, "ping") == Value("pong"));
  CHECK(box.events().count("rejection flood") >= 1);
  CHECK(box.events().count("rejection flood") <= 1000);
  check_healthy(healthy);
}

TEST_CASE("builtins that run for long end at the limit") {
  Sandbox box(each_thread(), waiting());
  Plugin healthy = box.load(kHealthy, {"t"});
  for (const char* body : {
           "JSON.stringify(Array.from({length: 300}, () => 1), function (k, v) { for (;;) {} })",
           "[...Array(2e5).keys()].sort((a, b) => { let n = 0; for (let i = 0; i < 1e5; i++) n += i; return n - n })",
           "'a'.repeat(30000).replace(/a/g, () => { for (;;) {} })",
           "/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))",
           "Array.from({get length() { for (;;) {} }})",
           "new Proxy({}, {has() { for (;;) {} }}) in {} || 'x' in new Proxy({}, {has() { for (;;) {} }})",
           "(function* () { for (;;) yield 1 })().next() && [...(function* () { for (;;) yield })()].length",
       }) {
    CAPTURE(body);
    Plugin plugin = box.load(tight(std::string("export const ping = () => 1; export const f = () => ") + body + ";",
                                   "cpu_per_call: 100ms, wall_per_call: 60s, heap: 256MiB"));
    const Error error = ask_error(plugin, "f");
    CHECK((error.code() == Errc::cpu_limit || error.code() == Errc::threw || error.code() == Errc::heap_limit));
    CHECK(ask<int>(plugin, "ping") == 1);
    check_healthy(healthy);
  }
}
