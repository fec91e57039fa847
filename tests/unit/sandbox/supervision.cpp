// Restarts after crashes, back-off and quarantine, dependencies, eviction.
#include "crashing.h"
#include "support.h"

#include <atomic>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kCounter = R"(
  let calls = 0;
  export const count = () => ++calls;
  export const crash = () => [...'.'.repeat(2e7)].length;
  export const never = () => new Promise(() => {});
  export const loop = () => { for (;;) {} };
)";

Package counter(std::string manifest = {}) { return module(kCounter, {}, kPatient + std::move(manifest)); }

// Restarts at once, and often.
Supervision quick() {
  return {
      .restart = Restart::on_crash, .back_off = 1ms, .max_back_off = 4ms, .jitter = 0, .max_crashes = 100};
}

}  // namespace

TEST_CASE("a plugin that crashed is started again, fresh") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(counter(), quick());
  CHECK(ask<int>(plugin, "count") == 1);
  CHECK(ask<int>(plugin, "count") == 2);
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  box.until("restarted com.example.test");
  CHECK(ask<int>(plugin, "count") == 1);
  CHECK(plugin.life().state == Life::State::running);
  CHECK(plugin.life().crashes == 1);
  CHECK(plugin.life().restarts == 1);
}

TEST_CASE("calls that come while it is down fail at once, or wait for the restart") {
  SupervisedBox box(each_thread());
  SUBCASE("fail") {
    Supervision patient = quick();
    patient.back_off = patient.max_back_off = 1h;
    Plugin plugin = box.load(counter(), patient);
    CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
    const Error error = ask_error(plugin, "count");
    CHECK(error.code() == Errc::crashed);
    CHECK(error.message() == "the plugin 'com.example.test' crashed and is being restarted");
    CHECK(plugin.life().state == Life::State::restarting);
    CHECK(plugin.value("count").get().error().code() == Errc::crashed);
    CHECK(plugin.unload().get().has_value());
    CHECK(ask_error(plugin, "count").code() == Errc::unloaded);
  }
  SUBCASE("wait") {
    Supervision waiting = quick();
    waiting.calls = WhileDown::wait;
    Plugin plugin = box.load(counter(), waiting);
    CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
    auto first = plugin.call<int>("count");
    auto second = plugin.call<int>("count");
    CHECK(first.get().value() == 1);
    CHECK(second.get().value() == 2);
  }
  SUBCASE("wait, within the mailbox and the call's time") {
    Supervision waiting = quick();
    waiting.back_off = waiting.max_back_off = 1h;
    waiting.calls = WhileDown::wait;
    Plugin plugin =
        box.load(module(kCounter, {}, "limits: {heap: 32MiB, cpu_per_call: 60s, mailbox: 2}\n"), waiting);
    CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
    auto late = plugin.call_with<int>({.wall = 1ms}, "count");
    auto waits = plugin.call<int>("count");
    CHECK(ask_error(plugin, "count").code() == Errc::mailbox_limit);
    CHECK(late.get().error().code() == Errc::wall_limit);
    CHECK_FALSE(waits.ready());
    CHECK(plugin.restart().get().has_value());
    CHECK(waits.get().value() == 1);
  }
}

TEST_CASE(
    "back-off doubles up to its maximum, less what chance takes, and too many crashes end in quarantine") {
  SupervisedBox box(each_thread(), {.random = [] { return 0.5; }});
  Supervision options = quick();
  options.jitter = 0.5;
  options.max_crashes = 5;
  Plugin plugin = box.load(counter(), options);
  for (std::size_t i = 1; i <= 5; ++i) {
    CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
    if (i < 5) box.until("restarted com.example.test", i);
  }
  box.until("quarantined com.example.test");
  CHECK(box.watch().delays() == std::vector<Duration>{750us, 1500us, 3ms, 3ms});
  const Error error = ask_error(plugin, "count");
  CHECK(error.code() == Errc::crashed);
  CHECK(error.message().find("crashed 5 times within 1m and is quarantined") != std::string::npos);
  REQUIRE(error.cause() != nullptr);
  CHECK(plugin.life().state == Life::State::quarantined);
  CHECK(plugin.restart().get().has_value());
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("crashes that are long ago do not count") {
  SupervisedBox box(each_thread());
  Supervision options = quick();
  options.max_crashes = 2;
  options.window = 0s;
  Plugin plugin = box.load(counter(), options);
  for (std::size_t i = 1; i <= 4; ++i) {
    CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
    box.until("restarted com.example.test", i);
  }
  CHECK(box.watch().delays() == std::vector<Duration>(4, 1ms));
}

TEST_CASE("a restart whose main module fails counts as a crash") {
  SupervisedBox box(each_thread());
  const auto files = std::make_shared<SwitchedFiles>(kCounter);
  Supervision options = quick();
  options.max_crashes = 3;
  Plugin plugin = box.load(manifest_of(counter()), files, options);
  files->set("throw new Error('not today')");
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  box.until("quarantined com.example.test");
  CHECK(box.watch().delays().size() == 2);
  const Error again = plugin.restart().get().error();
  CHECK(again.code() == Errc::threw);
  CHECK(again.message() == "not today");
  files->set(kCounter);
  CHECK(plugin.restart().get().has_value());
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("without a policy a crash is for good, until the host restarts it") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(counter());
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  CHECK(ask_error(plugin, "count").code() == Errc::crashed);
  CHECK(plugin.life().state == Life::State::quarantined);
  CHECK(box.watch().delays().empty());
  CHECK(plugin.restart().get().has_value());
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("restart starts afresh what runs, too") {
  SupervisedBox box(each_thread());
  Plugin plugin = box.load(counter());
  CHECK(ask<int>(plugin, "count") == 1);
  auto never = plugin.call("never");
  CHECK(plugin.restart().get().has_value());
  CHECK(never.get().error().code() == Errc::unloaded);
  CHECK(ask<int>(plugin, "count") == 1);
}

TEST_CASE("restart always: also after a limit ended a call") {
  SupervisedBox box(each_thread());
  const Package package = module(kCounter, {}, "limits: {cpu_per_call: 20ms, wall_per_call: 10s}\n");
  Supervision always = quick();
  always.restart = Restart::always;
  Plugin plugin = box.load(package, always);
  Plugin other = box.load(package, quick());
  CHECK(ask<int>(plugin, "count") == 1);
  CHECK(ask<int>(other, "count") == 1);
  CHECK(ask_error(other, "loop").code() == Errc::cpu_limit);
  CHECK(ask_error(plugin, "loop").code() == Errc::cpu_limit);
  box.until("restarted com.example.test");
  CHECK(ask<int>(plugin, "count") == 1);
  CHECK(ask<int>(other, "count") == 2);
}

TEST_CASE("a crash of a plugin does not hold up its neighbour on the worker") {
  SupervisedBox box(1);
  Plugin healthy = box.load(counter());
  Supervision options = quick();
  options.back_off = options.max_back_off = 1h;
  Plugin plugin = box.load(counter(), options);
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  for (int i = 1; i <= 100; ++i) CHECK(ask<int>(healthy, "count") == i);
}

TEST_CASE("a host may end while its plugins wait for their restart") {
  SupervisedBox box(each_thread());
  Supervision options = quick();
  options.back_off = options.max_back_off = 1h;
  options.calls = WhileDown::wait;
  std::optional<Future<int>> waits;
  Plugin plugin = box.load(counter(), options);
  CHECK(ask_error(plugin, "crash").code() == Errc::crashed);
  waits.emplace(plugin.call<int>("count"));
  box.end();
  CHECK(waits->get().error().code() == Errc::unloaded);
  CHECK(plugin.restart().get().error().code() == Errc::unloaded);
  CHECK(plugin.reload().get().error().code() == Errc::unloaded);
  CHECK(plugin.life().state == Life::State::unloaded);
}

TEST_CASE("a plugin needs the plugins it depends on") {
  SupervisedBox box(1);
  const Package needy = module(kCounter, {}, "dependencies:\n  com.example.core: {version: ^2.1}\n");
  const Error error = box.try_load(needy).error();
  CHECK(error.code() == Errc::manifest_invalid);
  REQUIRE(error.where().has_value());
  CHECK(error.where()->line == 7);
  CHECK(error.message().find("'com.example.core'") != std::string::npos);
  Package core = module("export {}");
  core.id = "com.example.core";
  const Plugin old = box.load(core);
  CHECK(box.try_load(needy).error().message().find("what is loaded is 1.0.0") != std::string::npos);
  core.version = "2.3.0";
  Plugin fit = box.load(core);
  CHECK(box.try_load(needy).has_value());
}

TEST_CASE("what depends on a plugin may be restarted with it") {
  SupervisedBox box(each_thread());
  Package core = counter();
  core.id = "com.example.core";
  Plugin base = box.load(core, quick());
  Supervision with_it;
  with_it.restart_with_dependencies = true;
  const std::string manifest = "dependencies:\n  com.example.core: {version: ^1.0}\n";
  Plugin follows = box.load(counter(manifest), with_it);
  Package independent = counter(manifest);
  independent.id = "com.example.independent";
  Plugin stays = box.load(independent);
  CHECK(ask<int>(follows, "count") == 1);
  CHECK(ask<int>(stays, "count") == 1);
  CHECK(ask_error(base, "crash").code() == Errc::crashed);
  box.until("restarted com.example.test");
  CHECK(ask<int>(follows, "count") == 1);
  CHECK(ask<int>(stays, "count") == 2);
}

TEST_CASE("a host unloads its plugins in the reverse of their order") {
  SupervisedBox box(each_thread());
  std::vector<Plugin> plugins;
  for (const char* id : {"com.example.a", "com.example.b", "com.example.c"}) {
    Package package = counter();
    package.id = id;
    plugins.push_back(box.load(package));
  }
  box.end();
  const auto all = box.watch().events.all();
  CHECK(std::vector(all.end() - 3, all.end()) == std::vector<std::string>{"unloaded com.example.c",
                                                                          "unloaded com.example.b",
                                                                          "unloaded com.example.a"});
}

namespace {

constexpr auto kStateful = R"(
  let calls = 0;
  export const count = () => ++calls;
  export const never = () => new Promise(() => {});
  export const exportState = () => ({ calls });
  export const importState = (state) => { calls = state.calls; };
)";

Package stateful(std::string id, std::string source = kStateful) {
  Package package = module(std::move(source), {}, "hot_reload: {state: export}\n");
  package.id = std::move(id);
  return package;
}

}  // namespace

TEST_CASE(
    "beyond the most live instances the least recently used one goes, and comes back when it is called") {
  SupervisedBox box(each_thread(), {.max_live_instances = 2});
  Plugin a = box.load(stateful("com.example.a"));
  Plugin b = box.load(stateful("com.example.b"));
  CHECK(ask<int>(b, "count") == 1);
  CHECK(ask<int>(a, "count") == 1);
  CHECK(ask<int>(a, "count") == 2);
  Plugin c = box.load(stateful("com.example.c"));
  CHECK(box.watch().events.count("evicted com.example.a") +
            box.watch().events.count("evicted com.example.b") ==
        1);
  CHECK(ask<int>(a, "count") == 3);
  CHECK(ask<int>(b, "count") == 2);
  CHECK(ask<int>(c, "count") == 1);
  CHECK(a.life().evictions + b.life().evictions + c.life().evictions >= 2);
}

TEST_CASE("the one that was used last stays") {
  SupervisedBox box(1, {.max_live_instances = 3});
  Plugin a = box.load(stateful("com.example.a"));
  Plugin b = box.load(stateful("com.example.b"));
  Plugin c = box.load(stateful("com.example.c"));
  for (Plugin* plugin : {&a, &b, &c, &a}) CHECK(ask<int>(*plugin, "count") >= 1);
  Plugin d = box.load(stateful("com.example.d"));
  CHECK(b.life().state == Life::State::evicted);
  CHECK(a.life().state == Life::State::running);
  CHECK(c.life().state == Life::State::running);
  CHECK(b.exports().size() == 4);
  CHECK(b.info().id == "com.example.b");
}

TEST_CASE("when nobody can be evicted the load is refused, naming the limit") {
  SupervisedBox box(each_thread(), {.max_live_instances = 1});
  {
    Plugin plain = box.load(counter());
    const Error error = box.try_load(counter()).error();
    CHECK(error.code() == Errc::quota);
    CHECK(error.message().find("no more than 1 plugins may live at once (HostOptions::max_live_instances)") !=
          std::string::npos);
    CHECK(plain.unload().get().has_value());
  }
  Plugin busy = box.load(stateful("com.example.busy"));
  auto never = busy.call("never");
  CHECK(box.try_load(counter()).error().code() == Errc::quota);
  CHECK(busy.unload().get().has_value());
  CHECK(box.try_load(counter()).has_value());
}

TEST_CASE("a plugin that cannot give its state stays where it is") {
  SupervisedBox box(each_thread(), {.max_live_instances = 1});
  Plugin plugin = box.load(stateful(
      "com.example.a",
      "let calls = 0; export const count = () => ++calls; export const exportState = () => { throw 1 }"));
  CHECK(ask<int>(plugin, "count") == 1);
  CHECK(box.try_load(counter()).error().code() == Errc::quota);
  CHECK(ask<int>(plugin, "count") == 2);
}

TEST_CASE("many threads use more plugins than may live, and no call is lost") {
  constexpr int kThreads = 4;
  constexpr int kCalls = 40;
  SupervisedBox box(2, {.max_live_instances = 3});
  std::vector<Plugin> plugins;
  for (int i = 0; i < 6; ++i) plugins.push_back(box.load(stateful("com.example.p" + std::to_string(i))));
  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  Events others;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const auto answer =
            plugins[static_cast<std::size_t>(i * (t + 1)) % plugins.size()].call<int>("count").get();
        if (answer) {
          ++done;
        } else if (answer.error().code() == Errc::quota) {
          ++refused;
        } else {
          others.add(to_string(answer.error()));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(others.all() == std::vector<std::string>{});
  CHECK(done + refused == kThreads * kCalls);
  int counted = 0;
  for (Plugin& plugin : plugins) counted += ask<int>(plugin, "count") - 1;
  CHECK(counted == done);
}
