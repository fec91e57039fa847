// A host without threads: poll, its budget, and the descriptor that tells when to call it.
#include "support.h"

#include <poll.h>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

// Waits as a GUI's loop would. The time is a bound for a test that fails, not a measure.
bool wakes(Host& host) {
  pollfd watched{host.wake_handle(), POLLIN, 0};
  return ::poll(&watched, 1, 10000) == 1;
}

// The loop of a host: sleeps until there is something to do, and does it, until `done`.
template <class Done>
bool serve(Host& host, Done done) {
  while (!done()) {
    if (!wakes(host)) return false;
    host.poll();
  }
  return true;
}

Registry waiting() {
  Registry registry;
  registry.define("t")
      .async("later", [](Call& call) { return call.sleep(1ms); })
      .async("at_once", [] { return 1; })
      .async("block", [](Call& call) { return call.blocking([] { return 2; }); });
  return registry;
}

constexpr auto kSource = R"(
  import { later, at_once, block } from "cap:t";
  export const timer = () => new Promise((done) => setTimeout(done, 1, "timer"));
  export const waiting = async () => { await later(); return "later" };
  export const soon = async () => { await at_once(); return "soon" };
  export const blocked = async () => { await block(); return "blocked" };
  export const chain = async () => { await later(); await at_once(); await block(); await timer(); return "chain" };
  export const now = () => "now";
  export const spin = () => { for (;;) {} };
)";

Package package() { return module(kSource, {"t"}, "limits: {cpu_per_call: 60s, wall_per_call: 60s}\n"); }

}  // namespace

TEST_CASE("with workers there is no descriptor, and poll does nothing") {
  Sandbox box(1);
  CHECK(box.host().wake_handle() == -1);
  CHECK_FALSE(box.host().poll());
}

TEST_CASE("the descriptor wakes a loop that called from its own thread") {
  Sandbox box(0, waiting());
  Plugin plugin = box.load(package());
  for (const char* name : {"timer", "waiting", "soon", "blocked", "chain"}) {
    CAPTURE(name);
    auto call = plugin.call(name);
    CHECK(serve(box.host(), [&] { return call.ready(); }));
    if (call.ready()) CHECK(call.get().has_value());
  }
}

TEST_CASE("the descriptor wakes a loop for calls of other threads") {
  Sandbox box(0, waiting());
  Plugin plugin = box.load(package());
  std::optional<Future<Value>> call;
  std::thread([&] { call.emplace(plugin.call("chain")); }).join();
  REQUIRE(serve(box.host(), [&] { return call->ready(); }));
  CHECK(call->get().value() == Value("chain"));
}

TEST_CASE("an idle host's descriptor is quiet") {
  Sandbox box(0, waiting());
  Plugin plugin = box.load(package());
  while (box.host().poll()) {
  }
  pollfd watched{box.host().wake_handle(), POLLIN, 0};
  CHECK(::poll(&watched, 1, 0) == 0);
}

TEST_CASE("poll comes back from a plugin in an endless loop, and says that there is more") {
  Sandbox box(0, waiting());
  Plugin spinner = box.load(package());
  Plugin other = box.load(package());
  std::optional<Future<Value>> spin;
  std::thread([&] { spin.emplace(spinner.call("spin")); }).join();
  for (int i = 0; i < 10; ++i) CHECK(box.host().poll(2ms));
  CHECK_FALSE(spin->ready());
  CHECK(ask(other, "now") == Value("now"));
  CHECK(wakes(box.host()));
  CHECK(spinner.unload().get().has_value());
  CHECK(spin->get().error().code() == Errc::unloaded);
}

TEST_CASE("waiting for a healthy plugin does not wait for one in an endless loop") {
  Sandbox box(0, waiting());
  Plugin spinner = box.load(package());
  Plugin other = box.load(package());
  std::optional<Future<Value>> spin;
  std::thread([&] { spin.emplace(spinner.call_with({.cpu = 2s}, "spin")); }).join();
  CHECK(box.host().poll(2ms));
  CHECK(ask(other, "waiting") == Value("later"));
  CHECK(ask(other, "timer") == Value("timer"));
  CHECK_FALSE(spin->ready());
}

TEST_CASE("a thread runs the plugins of one host at most") {
  Sandbox box(0);
  const auto second = Host::create({.workers = 0});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code() == Errc::not_supported);
  CHECK(Host::create({.workers = 1}).has_value());
}
