// One worker, one healthy plugin, and another that wants everything: time, turns, stack, memory. The healthy one answers
// all the while, and the other gets an error that names what it ran into.
#include "unit/sandbox/support.h"

#include <algorithm>
#include <optional>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kHealthy =
    "export const now = (x) => x + 1; export const soon = (x) => new Promise(r => setTimeout(r, 1, x));";

struct Flood {
  std::string name;
  const char* source;  // exports f
  std::vector<Errc> ends;
};

// Never the healthy plugin's fault, never a crash of what a limit can end.
const std::vector<Flood> kFloods{
    {"a loop", "export const f = () => { while (true) {} };", {Errc::cpu_limit}},
    {"microtasks",
     "export const f = () => { const again = () => { Promise.resolve().then(again) }; again(); };",
     {Errc::cpu_limit}},
    {"microtasks that await", "export const f = async () => { for (;;) await null; };", {Errc::cpu_limit}},
    {"a promise nobody settles", "export const f = () => new Promise(() => {});", {Errc::wall_limit}},
    {"a loop behind a promise",
     "export const f = async () => { await null; while (true) {} };",
     {Errc::cpu_limit}},
    {"a thenable that loops",
     "export const f = async () => ({ then() { while (true) {} } });",
     {Errc::cpu_limit}},
    {"recursion", "export const f = () => f();", {Errc::threw}},
    {"recursion that catches",
     "export const f = () => { try { f() } finally { f() } };",
     {Errc::cpu_limit, Errc::threw}},
    {"a generator",
     "export const f = () => { for (const x of (function* () { for (;;) yield 1 })()); };",
     {Errc::cpu_limit}},
    {"a deep result",
     "export const f = () => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a };",
     {Errc::size_limit, Errc::threw, Errc::invalid_argument}},
    {"a cyclic result",
     "export const f = () => { const a = []; a.push(a); return a };",
     {Errc::size_limit, Errc::threw, Errc::invalid_argument}},
    {"a large result", "export const f = () => 'x'.repeat(1 << 28);", {Errc::size_limit, Errc::threw}},
    {"a wide result",
     "export const f = () => new Array(1e7).fill(0);",
     {Errc::size_limit, Errc::threw, Errc::heap_limit}},
    {"deep JSON", "export const f = () => JSON.parse('['.repeat(1e6)); ", {Errc::threw}},
    {"a JSON of itself",
     "export const f = () => { const a = {}; a.a = a; return JSON.stringify(a) };",
     {Errc::threw}},
    {"a regular expression", "export const f = () => /(a*)*b/.test('a'.repeat(64));", {Errc::cpu_limit}},
    {"a large integer",
     "export const f = () => { let x = 3n; for (;;) x *= x; };",
     {Errc::cpu_limit, Errc::threw}},
};

// Whoever computes is ended for that, however long a busy machine takes.
std::string limits_of(const Flood& flood) {
  const bool waits = flood.ends.front() == Errc::wall_limit;
  return std::string("limits: {heap: 64MiB, cpu_per_call: 150ms, wall_per_call: ") + (waits ? "400ms" : "60s") +
         ", stack: 256KiB, message: 1MiB, timers: 1000}\n";
}

}  // namespace

TEST_CASE(
    "whatever one plugin floods, its neighbour on the same worker answers, and it ends with what it ran "
    "into") {
  Sandbox box(1);
  Plugin healthy = box.load(module(kHealthy, {}, "limits: {wall_per_call: 60s}\n"));
  for (const Flood& flood : kFloods) {
    CAPTURE(flood.name);
    Plugin plugin =
        box.load(module(std::string(flood.source) + " export const ping = () => 1;", {}, limits_of(flood)));
    auto answer = plugin.call("f");
    CHECK(ask<int>(healthy, "now", 1) == 2);
    CHECK(ask<int>(healthy, "soon", 3) == 3);
    const auto result = answer.get();
    REQUIRE_FALSE(result.has_value());
    CAPTURE(result.error());
    CHECK(std::ranges::count(flood.ends, result.error().code()) == 1);
    CHECK(ask<int>(plugin, "ping") == 1);
    CHECK(ask<int>(healthy, "now", 2) == 3);
  }
}

TEST_CASE("timers that never end, and compute when they fire, keep nobody from answering") {
  Sandbox box(1);
  Plugin healthy = box.load(kHealthy);
  Plugin storm = box.load(module(R"(
    let fired = 0;
    export const begin = () => { for (let i = 0; i < 200; i++) setInterval(() => { fired++; for (let k = 0; k < 1e5; k++); }, 0) };
    setTimeout(function again() { fired++; setTimeout(again, 0) }, 0);
    export const count = () => fired;
  )",
                                 {}, "limits: {cpu_per_call: 60s, wall_per_call: 60s}\n"));
  CHECK(storm.call<void>("begin").get().has_value());
  for (int i = 0; i < 20; ++i) CHECK(ask<int>(healthy, "soon", i) == i);
  // The storm itself is not starved either.
  const int before = ask<int>(storm, "count");
  while (ask<int>(storm, "count") < before + 100) CHECK(ask<int>(healthy, "now", 1) == 2);
}

TEST_CASE("recursion through a host function and back ends as recursion does") {
  Registry registry;
  std::optional<Plugin> self;
  registry.define("t").sync("again",
                            [&](int depth) -> Result<int> { return self->call<int>("f", depth + 1).get(); });
  Sandbox box(each_thread(), std::move(registry));
  self = box.load(module(
      "import { again } from 'cap:t'; export const f = (depth) => again(depth); export const ping = () => 1;",
      {"t"}, "limits: {cpu_per_call: 20s, wall_per_call: 20s}\n"));
  const Error error = ask_error<int>(*self, "f", 0);
  CHECK(error.code() == Errc::threw);
  CHECK(ask<int>(*self, "ping") == 1);
  self.reset();
}

TEST_CASE("two plugins that wait for one another are ended by the clock") {
  Registry registry;
  std::map<std::string, Plugin> plugins;
  registry.define("t").sync(
      "ask", [&](const std::string& name) -> Result<int> { return plugins.at(name).call<int>("f").get(); });
  Sandbox box(each_thread(), std::move(registry));
  for (const auto& [name, other] : std::map<std::string, std::string>{{"one", "two"}, {"two", "one"}}) {
    plugins.emplace(name, box.load(module("import { ask } from 'cap:t'; export const f = () => ask('" +
                                              other + "'); export const ping = () => 1;",
                                          {"t"}, "limits: {wall_per_call: 200ms}\n")));
  }
  CHECK_FALSE(plugins.at("one").call<int>("f").get().has_value());
  for (auto& [name, plugin] : plugins) CHECK(ask<int>(plugin, "ping") == 1);
  plugins.clear();
}

TEST_CASE("ArrayBuffers and WebAssembly memories come out of one budget") {
  Sandbox box(each_thread());
  Plugin plugin = box.load(module(R"(
    const page = 65536, kept = [];
    const attempt = (make) => { try { kept.push(make()); return "given" } catch (e) { return e.constructor.name } };
    export const buffer = (pages) => attempt(() => new ArrayBuffer(pages * page));
    export const memory = (pages) => attempt(() => new WebAssembly.Memory({initial: pages, maximum: 60000}));
    export const grow = (pages) => attempt(() => kept.find((m) => m.grow).grow(pages));
    export const drop = () => { kept.length = 0 };
  )",
                                  {}, "limits: {external: 8MiB}\n"));
  CHECK(ask<std::string>(plugin, "memory", 64) == "given");  // 4 MiB
  CHECK(ask<std::string>(plugin, "grow", 32) == "given");    // 6 MiB
  CHECK(ask<std::string>(plugin, "buffer", 48) == "RangeError");
  CHECK(ask<std::string>(plugin, "grow", 64) == "RangeError");
  CHECK(ask<std::string>(plugin, "memory", 65536) == "RangeError");
  CHECK(ask<std::string>(plugin, "buffer", 16) == "given");
  CHECK(ask<std::string>(plugin, "buffer", 32) == "RangeError");
  CHECK(plugin.call<void>("drop").get().has_value());
  CHECK(ask<std::string>(plugin, "memory", 96) ==
        "given");  // what is not reachable any more is collected first
}

TEST_CASE("a host is destroyed while its plugins compute, wait, park and flood") {
  Registry registry;
  registry.define("t").sync("park", [](Call& call) { return call.sleep(1h); }).async("later", [](Call& call) {
    return call.sleep(1h);
  });
  std::vector<Future<Value>> answers;
  {
    Sandbox box(each_thread(), std::move(registry));
    for (const char* body : {"{ for (;;) {} }", "new Promise(() => {})", "park()", "later()",
                             "{ const again = () => { Promise.resolve().then(again) }; again() }",
                             "{ setInterval(() => {}, 0); return new Promise(() => {}) }"}) {
      Plugin plugin = box.load(
          module(std::string("import { park, later } from 'cap:t'; export const f = () => ") + body + ";",
                 {"t"}, "limits: {cpu_per_call: 1h, wall_per_call: 1h}\n"));
      // Without workers a call of an idle plugin is made on this thread, at once: it must not be one that never ends.
      answers.push_back(plugin.call_with({.wall = 300ms}, "f"));
    }
  }
  for (auto& answer : answers) {
    const auto result = answer.get();
    REQUIRE_FALSE(result.has_value());
    CHECK((result.error().code() == Errc::unloaded || result.error().code() == Errc::wall_limit ||
           result.error().code() == Errc::cpu_limit));
  }
}
