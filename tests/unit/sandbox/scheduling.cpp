// Who goes first on a worker: by urgency, by weight, and never nobody. Nothing here measures time: what would be
// wrong either comes in the wrong order or never ends.
#include "support.h"

#include <array>
#include <atomic>
#include <deque>
#include <future>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

// What the plugins of a test tell it, and where they are held up.
struct Bench {
  static constexpr std::uint64_t kEnough = 1000;
  Events events;
  std::promise<void> go;
  std::array<std::atomic<std::uint64_t>, 2> rounds{};

  [[nodiscard]] Registry registry() {
    Registry registry;
    registry.define("t")
        .sync("note", [this](std::string text) { events.add(std::move(text)); })
        .sync("round",
              [this](double number) {
                if (++rounds[static_cast<std::size_t>(number)] == kEnough) events.add("enough");
              })
        .sync("block",
              [this] {  // the whole worker
                events.add("blocked");
                go.get_future().wait();
              })
        .async("soon", [] {});
    return registry;
  }
};

Host make_host(Bench& bench, std::chrono::microseconds slice) {
  return Host::create(
             {.registry = bench.registry(), .policy = Policy::grant_all(), .workers = 1, .slice = slice})
      .value();
}

Result<Plugin> try_load(Host& host, const std::string& source, const LoadOptions& options = {}) {
  const Package package = module("import * as t from 'cap:t';\n" + source, {"t"},
                                 "limits: {cpu_per_call: 600s, wall_per_call: 600s, mailbox: 1000}\n");
  return host.load(manifest_of(package), std::make_shared<MemoryFiles>(package.files), options);
}

Plugin load(Host& host, const std::string& source, const LoadOptions& options = {}) {
  return try_load(host, source, options).value();
}

constexpr CallOptions kBackground{.urgency = Urgency::background};
constexpr auto kNeverEndingSlice = 1h;

}  // namespace

TEST_CASE("a call that somebody waits for goes before background calls that were made earlier") {
  Bench bench;
  Host host = make_host(bench, 4ms);
  Plugin blocker = load(host, "export const f = () => t.block()");
  const std::string noting = "export const f = (text) => t.note(text)";
  Plugin first = load(host, noting);
  Plugin second = load(host, noting);
  Plugin third = load(host, noting);
  auto blocked = blocker.call<void>("f");
  bench.events.wait_for("blocked");
  auto a = first.call_with<void>(kBackground, "f", "background");
  auto b = second.call<void>("f", "interactive");
  auto c = third.call<void>("f", "interactive");
  bench.go.set_value();
  for (auto* call : {&a, &b, &c, &blocked}) CHECK(call->get().has_value());
  CHECK(bench.events.all() ==
        std::vector<std::string>{"blocked", "interactive", "interactive", "background"});
}

TEST_CASE("a background call becomes urgent with a call that waits behind it") {
  Bench bench;
  Host host = make_host(bench, 4ms);
  Plugin blocker = load(host, "export const f = () => t.block()");
  const std::string noting = "export const f = (text) => t.note(text)";
  Plugin first = load(host, noting);
  Plugin second = load(host, noting);
  auto blocked = blocker.call<void>("f");
  bench.events.wait_for("blocked");
  auto a = first.call_with<void>(kBackground, "f", "first");
  auto b = second.call_with<void>(kBackground, "f", "in front");
  auto c = second.call<void>("f", "behind");
  bench.go.set_value();
  for (auto* call : {&a, &b, &c, &blocked}) CHECK(call->get().has_value());
  CHECK(bench.events.all() == std::vector<std::string>{"blocked", "in front", "behind", "first"});
}

TEST_CASE("a call that somebody waits for interrupts background work at once, however long the slice is") {
  Bench bench;
  Host host = make_host(bench, kNeverEndingSlice);
  Plugin busy = load(host, "export function f() { t.note('busy'); for (;;) {} }");
  Plugin healthy = load(host, "export const f = (x) => x + 1");
  auto endless = busy.call_with<void>(kBackground, "f");
  bench.events.wait_for("busy");
  for (int i = 0; i < 100; ++i) CHECK(ask<int>(healthy, "f", i) == i + 1);
  CHECK(busy.unload().get().has_value());
  CHECK(endless.get().error().code() == Errc::unloaded);
}

TEST_CASE("timers and microtasks are of the background, whatever set them off") {
  Bench bench;
  Host host = make_host(bench, kNeverEndingSlice);
  const char* loop = "";
  SUBCASE("a timer") { loop = "setTimeout(() => { t.note('busy'); for (;;) {} })"; }
  SUBCASE("microtasks after a timer") {
    loop = "const flood = () => queueMicrotask(flood); setTimeout(() => { t.note('busy'); flood() })";
  }
  SUBCASE("what follows an asynchronous host function") {
    loop = "t.soon().then(() => { t.note('busy'); for (;;) {} })";
  }
  Plugin busy = load(host, std::string("export function f() { ") + loop + " }");
  Plugin healthy = load(host, "export const f = (x) => x + 1");
  CHECK(busy.call<void>("f").get().has_value());
  bench.events.wait_for("busy");
  for (int i = 0; i < 20; ++i) CHECK(ask<int>(healthy, "f", i) == i + 1);
}

TEST_CASE("a deadline of a call that waits is met while another plugin computes, however long the slice is") {
  Bench bench;
  Host host = make_host(bench, kNeverEndingSlice);
  Plugin busy = load(host, "export function f() { t.note('busy'); for (;;) {} }");
  Plugin waiting = load(host, "export const f = () => new Promise(() => {})");
  auto late = waiting.call_with<void>({.wall = 20ms}, "f");
  auto endless = busy.call_with<void>(kBackground, "f");
  CHECK(late.get().error().code() == Errc::wall_limit);
}

TEST_CASE("an event loop serves calls, timers, host functions in rounds, each with its microtasks") {
  Bench bench;
  Host host = make_host(bench, 4ms);
  Plugin plugin = load(host, R"(
    export function begin() {
      setTimeout(() => { t.note("timer"); queueMicrotask(() => t.note("microtask of the timer")) });
      t.soon().then(() => t.note("host"));
      t.block();
    }
    export function call(text) {
      setTimeout(() => t.note("timer of " + text));
      queueMicrotask(() => t.note("microtask of " + text));
      t.note(text);
    }
  )");
  auto begun = plugin.call<void>("begin");
  bench.events.wait_for("blocked");
  auto a = plugin.call<void>("call", "call 1");
  auto b = plugin.call<void>("call", "call 2");
  bench.go.set_value();
  for (auto* call : {&begun, &a, &b}) CHECK(call->get().has_value());
  bench.events.wait_for("timer of call 2");
  CHECK(bench.events.all() == std::vector<std::string>{"blocked", "timer", "microtask of the timer", "host",
                                                       "call 1", "microtask of call 1", "call 2",
                                                       "microtask of call 2", "timer of call 1",
                                                       "timer of call 2"});
}

TEST_CASE("plugins that compute share a worker by their weights") {
  Bench bench;
  Host host = make_host(bench, 1ms);
  const std::string spin =
      "export function f(n) { for (;;) { let x = 1; for (let i = 0; i < 20000; i++) x = (x * 31 + 7) | 0; "
      "t.round(n, x) } }";
  Plugin light = load(host, spin, {.weight = 50});
  Plugin heavy = load(host, spin, {.weight = 400});
  auto a = light.call<void>("f", 0);
  auto b = heavy.call<void>("f", 1);
  bench.events.wait_for("enough", 2);
  const double ratio = static_cast<double>(bench.rounds[1]) / static_cast<double>(bench.rounds[0]);
  CHECK(ratio > 3);  // 8, but for what the compiler does for either
  CHECK(ratio < 20);
}

TEST_CASE("a stream of calls that somebody waits for does not starve background work") {
  Bench bench;
  Host host = make_host(bench, 1ms);
  Plugin asked = load(
      host, "export function f() { let x = 1; for (let i = 0; i < 1e5; i++) x = (x * 31) | 0; return x }");
  Plugin background = load(host, "export function f() { for (let i = 0; i < 2e7; i++); t.note('through') }");
  auto through = background.call_with<void>(kBackground, "f");
  std::deque<Future<void>> calls;
  while (bench.events.count("through") == 0) {
    calls.push_back(asked.call<void>("f"));
    if (calls.size() < 100) continue;
    CHECK(calls.front().get().has_value());
    calls.pop_front();
  }
  CHECK(through.get().has_value());
}

TEST_CASE("a weight is from 1 to 10000") {
  Bench bench;
  Host host = make_host(bench, 4ms);
  for (const std::uint32_t weight : {0U, 10001U}) {
    const auto refused = try_load(host, "", {.weight = weight});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::invalid_argument);
  }
  for (const std::uint32_t weight : {1U, 10000U}) CHECK(try_load(host, "", {.weight = weight}).has_value());
}
