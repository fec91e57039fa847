// Futures of calls: got, continued by an executor, awaited by a coroutine, dropped; from one thread and from
// several.
#include "support.h"

#include <atomic>
#include <coroutine>
#include <deque>
#include <exception>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

// A coroutine that is begun at once and belongs to nobody.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

constexpr auto kSource = R"(
  export const now = (x) => x + 1;
  export const later = (x) => new Promise((done) => setTimeout(done, 1, x + 1));
  export const never = () => new Promise(() => {});
  export const bad = async () => { throw new RangeError("bad") };
)";

Detached add_twice(Plugin& plugin, Promise<int> answer) {
  auto once = co_await plugin.call<int>("later", 1);
  if (!once) {
    answer.settle(once.error());
    co_return;
  }
  answer.settle(co_await plugin.call<int>("now", *once));
}

// A limit's error, and then another call: the coroutine goes on on the plugin's thread, and its next call
// must run there.
Detached try_again(Plugin& plugin, Plugin& other, Promise<int> answer) {
  auto first = co_await plugin.call_with<int>({.wall = 5ms}, "never");
  if (first || first.error().code() != Errc::wall_limit) {
    answer.settle(Error(Errc::internal, "expected the wall limit"));
    co_return;
  }
  answer.settle(co_await other.call<int>("computing"));
}

}  // namespace

TEST_CASE("get waits for a call that is answered later") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(kSource);
  CHECK(ask<int>(plugin, "now", 1) == 2);
  CHECK(ask<int>(plugin, "later", 1) == 2);
  CHECK(ask_error(plugin, "bad").class_name() == "RangeError");
}

TEST_CASE("on its own thread an idle plugin answers before call returns") {
  Sandbox box(0);
  Plugin plugin = box.load(kSource);
  CHECK(plugin.call<int>("now", 1).ready());
  CHECK_FALSE(plugin.call<int>("later", 1).ready());
}

TEST_CASE("then hands the result to the executor") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(kSource);
  for (const char* name : {"now", "later"}) {
    std::mutex mutex;
    std::deque<std::function<void()>> jobs;
    Promise<void> queued;
    const Executor executor = [&](std::function<void()> job) {
      const std::scoped_lock lock(mutex);
      jobs.push_back(std::move(job));
      queued.settle({});
    };
    std::optional<Result<int>> result;
    std::thread::id ran_on;
    plugin.call<int>(name, 1).then(executor, [&](Result<int> answer) {
      ran_on = std::this_thread::get_id();
      result = std::move(answer);
    });
    CHECK(queued.future().get().has_value());
    CHECK_FALSE(result.has_value());
    jobs.front()();
    REQUIRE(result.has_value());
    CHECK(result->value() == 2);
    CHECK(ran_on == std::this_thread::get_id());
  }
}

TEST_CASE("a coroutine can await calls") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(kSource);
  Promise<int> answer;
  auto future = answer.future();
  add_twice(plugin, std::move(answer));
  CHECK(future.get().value() == 3);
}

TEST_CASE("a coroutine that a limit woke can call another plugin, which computes and waits") {
  Registry registry;
  registry.define("t").sync("nap", [](Call& call) { return call.sleep(1ms); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(kSource);
  Plugin other = box.load(
      "import { nap } from 'cap:t'; export const computing = () => { let n = 0;\n"
      "for (let i = 0; i < 5; i++) { nap(); for (let k = 0; k < 3e6; k++) n += k & 1 } return n };",
      {"t"});
  Promise<int> answer;
  auto future = answer.future();
  try_again(plugin, other, std::move(answer));
  CHECK(future.get().value() == 7500000);
}

TEST_CASE("a continuation that is run at once may call the plugin again") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(kSource);
  Promise<int> answer;
  auto future = answer.future();
  const Executor at_once = [](const std::function<void()>& job) { job(); };
  plugin.call<int>("later", 1).then(at_once, [&, answer](Result<int> first) {
    plugin.call<int>("later", first.value()).then(at_once, [answer](Result<int> second) {
      answer.settle(second);
    });
  });
  CHECK(future.get().value() == 3);
}

TEST_CASE("a dropped future does not stop its call") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(
      "let n = 0; export const f = () => new Promise((done) => setTimeout(() => { n++; done() }, 1));\n"
      "export const count = () => new Promise((done) => { const look = () => n === 3 ? done(n) : "
      "setTimeout(look, 1); look() });");
  for (int i = 0; i < 3; ++i) static_cast<void>(plugin.call<void>("f"));
  CHECK(ask<int>(plugin, "count") == 3);
}

TEST_CASE("four threads call at once") {
  Sandbox box(1);
  Plugin plugin = box.load(kSource);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, copy = plugin]() mutable {
      for (int i = 0; i < 200; ++i)
        good += copy.call<int>(i % 10 == 0 ? "later" : "now", i).get().value() == i + 1 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 800);
}

TEST_CASE("another thread may call while the host's own thread polls") {
  Sandbox box(0);
  Plugin plugin = box.load(kSource);
  std::atomic<int> good{0};
  std::atomic<bool> ended{false};
  std::thread caller([&] {
    for (int i = 0; i < 100; ++i)
      good += plugin.call<int>(i % 10 == 0 ? "later" : "now", i).get().value() == i + 1 ? 1 : 0;
    ended = true;
  });
  while (!ended) box.host().poll();
  caller.join();
  CHECK(good == 100);
}

TEST_CASE("plugins may be loaded from several threads") {
  Sandbox box(2);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        Plugin plugin = box.load(kSource);
        good += plugin.call<int>("now", i).get().value() == i + 1 ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 20);
}
