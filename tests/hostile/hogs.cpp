// Plugins that never stop, on the worker of one that is asked for something: it answers, and they go on.
#include "unit/sandbox/support.h"

using namespace cloche;
using namespace cloche::testing;

TEST_CASE("thirty plugins that never stop do not keep a healthy one from answering") {
  Events events;
  Registry registry;
  registry.define("t").sync("begun", [&] { events.add("begun"); }).async("soon", [] {});
  Sandbox box(1, std::move(registry));
  const std::vector<std::string> bodies = {
      "for (;;) {}",
      "const flood = () => queueMicrotask(flood); flood()",
      "const flood = () => Promise.resolve().then(flood); return flood()",
      "setInterval(() => { for (let i = 0; i < 1e6; i++); }, 0); for (let i = 0; i < 100; i++) "
      "setInterval(() => {}, 0)",
      "const again = () => { setTimeout(again, 0); for (let i = 0; i < 1e6; i++); }; again()",
      "for (;;) try { for (;;) t.nothing() } catch {}",
      "return (async () => { for (;;) await t.soon() })()",
      "const grow = () => Promise.all([1, 2].map(async () => { await t.soon(); grow() })).catch(() => {}); "
      "grow()",
      "/(a*)*b/.test('a'.repeat(60))",
      "[3, 1, 2].sort(() => { for (;;) {} })",
  };
  std::vector<Plugin> hogs;
  std::vector<Future<void>> calls;
  for (int i = 0; i < 30; ++i) {
    const std::string& body = bodies[static_cast<std::size_t>(i) % bodies.size()];
    hogs.push_back(
        box.load(module("import * as t from 'cap:t'; export function f() { t.begun(); " + body + " }", {"t"},
                        "limits: {cpu_per_call: 600s, wall_per_call: 600s}\n")));
    calls.push_back(hogs.back().call<void>("f"));
  }
  Plugin healthy = box.load("export const f = (x) => x + 1");
  events.wait_for("begun", 30);
  for (int i = 0; i < 300; ++i) CHECK(ask<int>(healthy, "f", i) == i + 1);
  for (Plugin& hog : hogs) CHECK(hog.unload().get().has_value());
  CHECK(ask<int>(healthy, "f", 1) == 2);
}
