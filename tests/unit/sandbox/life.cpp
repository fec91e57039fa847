// The life of a plugin: loaded, unloaded in every state, outliving and outlived by its host.
#include "support.h"

#include <atomic>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

Registry waiting(Events& events) {
  Registry registry;
  registry.define("t")
      .sync("note", [&](const std::string& text) { events.add(text); })
      .sync("nap",
            [&](Call& call) {
              events.add("napping");
              auto slept = call.sleep(1h);
              events.add(slept ? "slept" : std::string(to_string(slept.error().code())));
              return slept;
            })
      .async("later",
             [&](Call& call) {
               events.add("waiting");
               auto slept = call.sleep(1h);
               events.add(slept ? "slept" : std::string(to_string(slept.error().code())));
               return slept;
             })
      .async("block", [&](Call& call) {
        return call.blocking([&] {
          events.add("blocking");
          events.wait_for("let go");
          events.add("unblocked");
        });
      });
  return registry;
}

constexpr auto kSource = R"(
  import { note, nap, later, block } from "cap:t";
  export const f = () => 1;
  export const never = () => new Promise(() => {});
  export const park = () => nap();
  export const wait = () => later();
  export const run = () => { note("running"); for (;;) {} };
  export const blocked = () => block();
  export const stubborn = () => { try { nap() } catch {} try { for (;;) {} } finally { for (;;) {} } };
)";

Package endless() { return module(kSource, {"t"}, "limits: {cpu_per_call: 60s, wall_per_call: 60s}\n"); }

// Lets plugins run until `event` was noted.
void until(Sandbox& box, Events& events, std::string_view event, std::size_t times = 1) {
  while (box.host().wake_handle() >= 0 && events.count(event) < times) box.host().poll();
  events.wait_for(event, times);
}

}  // namespace

TEST_CASE("the observer sees a plugin come and go") {
  Sandbox box(each_mode());
  {
    Plugin plugin = box.load("");
    CHECK(plugin.info().id == "com.example.test");
    CHECK(plugin.info().version == "1.0.0");
    CHECK(plugin.unload().get().has_value());
  }
  CHECK(box.events().all() == Texts{"loaded com.example.test", "unloaded com.example.test"});
}

TEST_CASE("calls after unload answer unloaded, and unloading again is done at once") {
  Events events;
  Sandbox box(each_mode(), waiting(events));
  Plugin plugin = box.load(kSource, {"t"});
  CHECK(plugin.unload().get().has_value());
  CHECK(plugin.unload().get().has_value());
  CHECK(ask_error(plugin, "f").code() == Errc::unloaded);
  CHECK(plugin.value("f").get().error().code() == Errc::unloaded);
  CHECK(plugin.exports().size() == 7);
  CHECK(plugin.info().id == "com.example.test");
}

TEST_CASE("unloading ends what waits, parks and runs") {
  Events events;
  Sandbox box(each_mode(), waiting(events));
  const struct {
    const char* name;
    const char* sign;
  } cases[] = {
      {"never", ""}, {"park", "napping"}, {"wait", "waiting"}, {"run", "running"}, {"stubborn", "napping"}};
  for (const auto& [name, sign] : cases) {
    CAPTURE(name);
    Plugin plugin = box.load(endless());
    const std::size_t before = events.count(sign);
    std::optional<Future<Value>> call;
    std::thread caller([&] { call.emplace(plugin.call(name)); });
    caller.join();
    auto queued = [&] {
      std::optional<Future<int>> future;
      std::thread thread([&] { future.emplace(plugin.call<int>("f")); });
      thread.join();
      return std::move(*future);
    }();
    if (*sign != '\0') until(box, events, sign, before + 1);
    CHECK(plugin.unload().get().has_value());
    CHECK(call->get().error().code() == Errc::unloaded);
    const auto waited = queued.get();
    CHECK((waited.has_value() || waited.error().code() == Errc::unloaded));
  }
  CHECK(box.events().count("unloaded com.example.test") == 5);
}

TEST_CASE("unloading cancels host functions and waits for what blocks") {
  Events events;
  Sandbox box(each_mode(), waiting(events));
  Plugin plugin = box.load(kSource, {"t"});
  auto waits = plugin.call("wait");
  auto blocks = plugin.call("blocked");
  until(box, events, "waiting");
  until(box, events, "blocking");
  auto unloaded = plugin.unload();
  if (box.host().wake_handle() >= 0) {
    while (events.count("cancelled") == 0) box.host().poll();
  }
  events.wait_for("cancelled");
  CHECK(box.events().count("unloaded com.example.test") == 0);
  CHECK_FALSE(unloaded.ready());
  events.add("let go");
  CHECK(unloaded.get().has_value());
  CHECK(events.count("unblocked") == 1);
  CHECK(waits.get().error().code() == Errc::unloaded);
  CHECK(blocks.get().error().code() == Errc::unloaded);
}

TEST_CASE("the last handle that is dropped unloads the plugin") {
  Sandbox box(each_mode());
  {
    Plugin plugin = box.load("export const f = () => 1;");
    Plugin copy = plugin;
    { const Plugin gone = std::move(plugin); }
    CHECK(ask<int>(copy, "f") == 1);
  }
  while (box.host().wake_handle() >= 0 && box.events().count("unloaded com.example.test") == 0)
    box.host().poll();
  box.events().wait_for("unloaded com.example.test");
}

TEST_CASE("a host that is destroyed ends its plugins, which answer unloaded from then on") {
  Events events;
  std::optional<Plugin> survivor;
  std::vector<Future<Value>> calls;
  {
    Sandbox box(each_thread(), waiting(events));
    survivor.emplace(box.load(endless()));
    Plugin runner = box.load(endless());
    Plugin parker = box.load(endless());
    std::thread caller([&] {
      calls.push_back(runner.call("run"));
      calls.push_back(parker.call("park"));
      calls.push_back(survivor->call("never"));
    });
    caller.join();
    until(box, events, "running");
    until(box, events, "napping");
  }
  for (auto& call : calls) CHECK(call.get().error().code() == Errc::unloaded);
  CHECK(ask_error(*survivor, "f").code() == Errc::unloaded);
  CHECK(survivor->unload().get().has_value());
}

TEST_CASE("a load that fails leaves nothing behind") {
  Sandbox box(each_mode());
  for (int i = 0; i < 20; ++i) CHECK(box.load_error(module("throw new Error('no')")).code() == Errc::threw);
  Plugin plugin = box.load("export const f = () => 1;");
  CHECK(ask<int>(plugin, "f") == 1);
}

TEST_CASE("plugins of one host share nothing") {
  Sandbox box(each_mode());
  Plugin one =
      box.load("globalThis.x = 1; Array.prototype.push = () => 'mine'; export const f = () => globalThis.x;");
  Plugin two = box.load("export const f = () => [typeof globalThis.x, [].push(1)];");
  CHECK(json(ask(two, "f")) == R"(["undefined",1])");
  CHECK(ask<int>(one, "f") == 1);
}

TEST_CASE("hosts may follow and overlap each other on one thread") {
  Sandbox first(each_mode());
  Plugin one = first.load("export const f = () => 1;");
  for (int i = 0; i < 3; ++i) {
    Sandbox second(1);
    Plugin two = second.load("export const f = () => 2;");
    CHECK(ask<int>(two, "f") == 2);
  }
  CHECK(ask<int>(one, "f") == 1);
}

TEST_CASE("a plugin that cannot run here is refused by name") {
  Sandbox box(1);
  CHECK(box.load_error(module("", {}, "isolation: process\n")).code() == Errc::not_supported);
  LoadOptions options;
  options.isolation_at_least = Isolation::process;
  CHECK(box.host()
            .load(manifest_of(module("")), std::make_shared<MemoryFiles>(Files{{"main.mjs", ""}}), options)
            .error()
            .code() == Errc::not_supported);
}

TEST_CASE("a host's version must be one") {
  HostOptions options;
  options.version = "three";
  CHECK(Host::create(std::move(options)).error().code() == Errc::invalid_argument);
}
