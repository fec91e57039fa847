// Functions of a plugin as handles in the host: called from any thread, passed back, kept alive, dead after
// the plugin.
#include "support.h"

#include <thread>

using namespace cloche;
using namespace cloche::testing;

namespace {

struct Kept {
  std::mutex mutex;
  std::vector<Function> functions;
  Function last() {
    const std::scoped_lock lock(mutex);
    return functions.back();
  }
  void clear() {
    const std::scoped_lock lock(mutex);
    functions.clear();
  }
};

Registry keeping(Kept& kept) {
  Registry registry;
  registry.define("t")
      .sync("keep",
            [&kept](Function f) {
              const std::scoped_lock lock(kept.mutex);
              kept.functions.push_back(std::move(f));
            })
      .sync("give", [&kept] { return kept.last(); })
      .sync("apply", [](const Function& f, Value x) -> Result<Value> { return f({std::move(x)}).get(); })
      .async("apply_later",
             [](const Function& f, Value x) -> Result<Value> { return f({std::move(x)}).get(); })
      .async("fire", [](Function f, Value x) { static_cast<void>(f({std::move(x)})); });
  return registry;
}

constexpr auto kSource = R"(
  import { keep, give, apply, apply_later, fire } from "cap:t";
  let calls = 0;
  export function named(x, y) { calls++; return [x, y, calls] }
  const counter = function counter(...args) { return args.length };
  export const keep_it = () => { keep(counter) };
  export const is_same = () => give() === counter;
  export const through = (x) => apply((y) => y * 2, x);
  export const later = (x) => apply_later(async (y) => y * 3, x);
  export const throwing = () => { try { apply(() => { throw new RangeError("own") }) } catch (e) { return [e.name, e.message] } };
  export const fired = () => new Promise((done) => { fire(done, "fired") });
  export const many = async () => { let sum = 0;
    await Promise.all(Array.from({length: 100}, (_, i) => new Promise((done) => fire((x) => { sum += x; done() }, i)))); return sum };
  export const give_function = () => counter;
  export const give_error = () => keep(() => { throw new TypeError("kept") });
)";

}  // namespace

TEST_CASE("a function given to a host function can be called there and afterwards, from any thread") {
  Kept kept;
  Sandbox box(1, keeping(kept));
  Plugin plugin = box.load(kSource, {"t"});
  CHECK(plugin.call<void>("keep_it").get().has_value());
  CHECK(kept.last().name() == "counter");
  CHECK(kept.last()({1, 2, 3}).get().value() == Value(3));
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) good += kept.last()({k}).get().value() == Value(1) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 200);
}

TEST_CASE("handles work in both modes") {
  Kept kept;
  Sandbox box(each_mode(), keeping(kept));
  Plugin plugin = box.load(kSource, {"t"});
  SUBCASE("kept") {
    CHECK(plugin.call<void>("keep_it").get().has_value());
    CHECK(kept.last()({1, 2}).get().value() == Value(2));
  }
  SUBCASE("passed back, it is the same function") {
    CHECK(plugin.call<void>("keep_it").get().has_value());
    CHECK(ask<bool>(plugin, "is_same"));
  }
  SUBCASE("called on the plugin's own stack") { CHECK(ask(plugin, "through", 21) == Value(42)); }
  SUBCASE("called from a fiber of its own") { CHECK(ask(plugin, "later", 14) == Value(42)); }
  SUBCASE("what it throws goes through the host function") {
    CHECK(json(ask(plugin, "throwing")) == R"(["RangeError","own"])");
  }
  SUBCASE("called and dropped") { CHECK(ask(plugin, "fired") == Value("fired")); }
  SUBCASE("many at once") { CHECK(ask<int>(plugin, "many") == 4950); }
  SUBCASE("in a result") {
    const auto function = ask<Function>(plugin, "give_function");
    CHECK(function({1}).get().value() == Value(1));
    CHECK(ask(plugin, "named", function, 1).as<Array>()->at(0).is<Function>());
  }
  SUBCASE("an error of its own") {
    CHECK(plugin.call<void>("give_error").get().has_value());
    CHECK(kept.last()({}).get().error().class_name() == "TypeError");
  }
}

TEST_CASE("a handle of an unloaded plugin answers unloaded") {
  Kept kept;
  Sandbox box(each_mode(), keeping(kept));
  Plugin plugin = box.load(kSource, {"t"});
  CHECK(plugin.call<void>("keep_it").get().has_value());
  CHECK(plugin.unload().get().has_value());
  CHECK(kept.last()({}).get().error().code() == Errc::unloaded);
  CHECK(kept.last().name() == "counter");
}

TEST_CASE("a handle outlives its host") {
  Kept kept;
  {
    Sandbox box(each_mode(), keeping(kept));
    Plugin plugin = box.load(kSource, {"t"});
    CHECK(plugin.call<void>("keep_it").get().has_value());
  }
  CHECK(kept.last()({}).get().error().code() == Errc::unloaded);
}

TEST_CASE("another plugin's function cannot be passed on") {
  Kept kept;
  Sandbox box(each_mode(), keeping(kept));
  Plugin one = box.load(kSource, {"t"});
  Plugin two = box.load(kSource, {"t"});
  CHECK(one.call<void>("keep_it").get().has_value());
  CHECK_FALSE(two.call<bool>("is_same").get().has_value());
  CHECK(two.call<Value>("named", kept.last()).get().has_value() == false);
  CHECK(ask(two, "through", 1) == Value(2));
}

TEST_CASE("a function that is called and dropped while its plugin is busy is still called") {
  Registry registry;
  registry.define("t")
      .async("fire", [](Function f) { static_cast<void>(f({})); })
      .sync("nap", [](Call& call) { return call.sleep(std::chrono::milliseconds(5)); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(R"(
    import { fire, nap } from "cap:t";
    export const f = () => new Promise((done) => { fire(() => done("called")); nap(); });
  )",
                           {"t"});
  CHECK(ask(plugin, "f") == Value("called"));
}

TEST_CASE("a host function may call a function it is given while the plugin is being loaded") {
  Kept kept;
  Sandbox box(each_mode(), keeping(kept));
  Plugin plugin = box.load("import { apply } from 'cap:t'; export const x = apply((y) => y + 1, 1);", {"t"});
  CHECK(plugin.value<int>("x").get().value() == 2);
}
