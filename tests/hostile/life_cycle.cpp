// Restarts, reloads and ends, under load and against plugins that will not have them.
#include "memory.h"
#include "unit/sandbox/crashing.h"

#include <atomic>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kBomb = "[...'.'.repeat(2e7)].length";
constexpr auto kExports = "hot_reload: {state: export}\n";

constexpr auto kStateful = R"(
  const ballast = new Array(50000).fill(1.5);
  let calls = 0;
  export const count = () => { calls += ballast.length / 50000; return calls };
  export const exportState = () => calls;
  export const importState = (state) => { calls = state };
)";

Result<void> reload(Plugin& plugin, const Package& package) {
  return plugin.reload(manifest_of(package), std::make_shared<MemoryFiles>(package.files)).get();
}

}  // namespace

TEST_CASE("two hundred reloads under load: no call is lost, no state, and memory stays flat") {
  constexpr int kWarmUp = 40;
  constexpr int kReloads = 200;
  constexpr int kThreads = 3;
  SupervisedBox box(2);
  const Package package = module(kStateful, {}, kExports);
  Plugin plugin = box.load(package);
  std::atomic<bool> over{false};
  std::atomic<int> answered{0};
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      while (!over) (plugin.call<int>("count").get() ? answered : lost)++;
    });
  }
  for (int i = 0; i < kWarmUp; ++i) CHECK(reload(plugin, package).has_value());
  const long before = resident_kib();
  for (int i = kWarmUp; i < kReloads; ++i) CHECK(reload(plugin, package).has_value());
  const long after = resident_kib();
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(lost == 0);
  CHECK(ask<int>(plugin, "count") == answered + 1);
  CHECK(box.watch().events.count("unloaded com.example.test") == kReloads);
  MESSAGE("resident memory: " << before << " KiB after " << kWarmUp << " reloads, " << after << " KiB after "
                              << kReloads);
  if (kMemoryTells) CHECK(after - before < 16 * 1024);
}

TEST_CASE("a plugin that crashes at every restart is quarantined, and its neighbour keeps answering") {
  SupervisedBox box(1);
  Plugin healthy = box.load(module("let n = 0; export const count = () => ++n;"));
  const auto files = std::make_shared<SwitchedFiles>(std::string("export const crash = () => ") + kBomb);
  const Supervision options{
      .restart = Restart::always, .calls = WhileDown::wait, .back_off = 1ms, .max_crashes = 4};
  Plugin plugin = box.load(manifest_of(module("", {}, kPatient)), files, options);
  files->set(kBomb);
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  auto waits = plugin.call("crash");
  for (int i = 1; i <= 50; ++i) CHECK(ask<int>(healthy, "count") == i);
  box.until("quarantined com.example.test");
  CHECK(waits.get().error().code() == Errc::crashed);
  CHECK(plugin.life().crashes == 4);
  CHECK(plugin.life().restarts == 0);
  CHECK(ask<int>(healthy, "count") == 51);
  CHECK(plugin.unload().get().has_value());
}

TEST_CASE(
    "a plugin that crashes at its first load is the load's error, whatever its policy, and leaves nothing") {
  SupervisedBox box(1);
  const Supervision options{.restart = Restart::always, .back_off = 1ms};
  CHECK(box.try_load(module(kBomb, {}, kPatient), options).error().code() == Errc::crashed);
  Plugin plugin = box.load(module("export const f = () => 1;"));
  CHECK(ask<int>(plugin, "f") == 1);
  CHECK(box.watch().delays().empty());
}

TEST_CASE("hooks that loop, wait for ever, or give what cannot be taken do not end the old version") {
  SupervisedBox box(1);
  const std::string limits =
      std::string(kExports) + "limits: {cpu_per_call: 50ms, wall_per_call: 200ms, message: 64KiB}\n";
  Plugin healthy = box.load(module("let n = 0; export const count = () => ++n;"));
  const Package fine = module(kStateful, {}, limits);
  for (const char* hook : {
           "export const health = () => { for (;;) {} };",
           "export const health = () => new Promise(() => {});",
           "export const health = { then(f) { for (;;) {} } };",
           "export const importState = () => { for (;;) {} };",
           "export const importState = () => new Promise(() => {});",
       }) {
    CAPTURE(hook);
    Plugin plugin = box.load(fine);
    CHECK(ask<int>(plugin, "count") == 1);
    CHECK_FALSE(reload(plugin, module(hook, {}, limits)).has_value());
    CHECK(ask<int>(plugin, "count") == 2);
  }
  for (const char* hook : {
           "() => { for (;;) {} }",
           "() => new Promise(() => {})",
           "() => 'x'.repeat(1e6)",
           "() => { const a = []; a.push(a); return a }",
           "() => ({ get calls() { throw new Error('no') } })",
           "null",
       }) {
    CAPTURE(hook);
    Plugin plugin = box.load(
        module(std::string("let n = 0; export const count = () => ++n; export const exportState = ") + hook,
               {}, limits));
    CHECK(ask<int>(plugin, "count") == 1);
    CHECK_FALSE(reload(plugin, fine).has_value());
    CHECK(ask<int>(plugin, "count") == 2);
  }
  CHECK(ask<int>(healthy, "count") == 1);
}

TEST_CASE("a host that ends with plugins in every state of their lives") {
  Events events;
  HostOptions options;
  options.max_live_instances = 6;
  options.registry.define("t").sync("nap", [&](Call& call) {
    events.add("napping");
    return call.sleep(1h);
  });
  SupervisedBox box(2, std::move(options));
  const std::string patient = "limits: {heap: 32MiB, cpu_per_call: 3600s, wall_per_call: 3600s}\n";
  const auto load = [&](const std::string& id, const std::string& source, const std::string& manifest = {},
                        const Supervision& supervision = {}) {
    Package package = module(source, {"t"}, manifest + patient);
    package.id = "com.example." + id;
    return box.load(package, supervision);
  };
  const std::string crash = std::string("export const crash = () => ") + kBomb;
  Plugin evicted = load("evicted", kStateful, kExports);
  Plugin running = load("running", "export const f = () => { for (;;) {} }");
  Plugin parked = load("parked", "import { nap } from 'cap:t'; export const f = () => nap()");
  Plugin restarting =
      load("restarting", crash, {}, {.restart = Restart::on_crash, .back_off = 1h, .max_back_off = 1h});
  Plugin dead = load("dead", crash);
  Plugin reloading = load("reloading", "export const f = () => new Promise(() => {})");
  std::vector<Future<Value>> calls;
  calls.push_back(parked.call("f"));
  events.wait_for("napping");
  calls.push_back(reloading.call("f"));
  CHECK(ask_error(restarting, "crash").code() == Errc::crashed);
  CHECK(ask_error(dead, "crash").code() == Errc::crashed);
  Plugin draining = load("draining", "export const f = () => new Promise(() => {})");
  calls.push_back(draining.call("f"));
  Plugin last = load("last", "export {}");
  CHECK(evicted.life().state == Life::State::evicted);
  calls.push_back(running.call("f"));
  const Package endless = [] {
    Package package = module("await new Promise(() => {})", {}, "limits: {wall_per_call: 3600s}\n");
    package.id = "com.example.reloading";
    return package;
  }();
  auto reloaded = reloading.reload(manifest_of(endless), std::make_shared<MemoryFiles>(endless.files));
  auto unloaded = draining.unload({.drain = 1h});
  box.end();
  for (auto& call : calls) CHECK(call.get().error().code() == Errc::unloaded);
  CHECK(reloaded.get().error().code() == Errc::unloaded);
  CHECK(unloaded.get().has_value());
  for (Plugin* plugin : {&evicted, &running, &parked, &restarting, &reloading, &draining, &last})
    CHECK(ask_error(*plugin, "f").code() == Errc::unloaded);
  CHECK(ask_error(dead, "f").code() == Errc::crashed);
}

TEST_CASE("reloads, restarts, calls and at last an unload, all at once from many threads: each is answered") {
  SupervisedBox box(2);
  const Package package = module(kStateful, {}, kExports);
  for (int round = 0; round < 5; ++round) {
    Plugin plugin = box.load(package);
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) static_cast<void>(reload(plugin, package));
      });
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) static_cast<void>(plugin.restart().get());
      });
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) static_cast<void>(plugin.call<int>("count").get());
      });
    }
    threads.emplace_back([&] {
      while (plugin.life().reloads + plugin.life().restarts < 6) std::this_thread::yield();
      CHECK(plugin.unload().get().has_value());
    });
    for (std::thread& thread : threads) thread.join();
    CHECK(ask_error(plugin, "count").code() == Errc::unloaded);
  }
  const auto& events = box.watch().events;
  CHECK(events.count("loaded com.example.test") == events.count("unloaded com.example.test"));
}
