// Plugin code that runs while its values are read, and what it may do there.
#include "unit/sandbox/support.h"

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

struct Options {
  double a = 0;
  double b = 0;
};
BOOST_DESCRIBE_STRUCT(Options, (), (a, b))

Registry offering() {
  Registry registry;
  registry.define("t")
      .sync("options", [](const Options& options) { return options.a + options.b; })
      .async("options_later", [](const Options& options) { return options.a + options.b; })
      .sync("two", [](const Bytes& bytes,
                      const Options& options) { return static_cast<double>(bytes.size()) + options.a; })
      .async("bytes_later",
             [](Call& call, Bytes bytes) -> Result<Bytes> {
               if (auto slept = call.sleep(2ms); !slept) return slept.error();
               return bytes;
             })
      .sync("nap", [](Call& call) { return call.sleep(1ms); })
      .sync("take", [](const Value&) {});
  return registry;
}

}  // namespace

TEST_CASE("a getter may call the host function again, wait in another, and throw") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = box.load(R"(
    import { options, options_later, nap } from "cap:t";
    export const again = (n) => options({a: 1, get b() { return n === 0 ? 0 : again(n - 1) }});
    export const waits = () => options({get a() { nap(); return 1 }, get b() { nap(); return 2 }});
    export const waits_later = () => options_later({get a() { nap(); return 1 }, b: 2});
    export const throws = () => { try { options({a: 1, get b() { throw new RangeError("mine") }}) } catch (e) { return e.message } };
    export const throws_later = () => { try { options_later({get a() { throw new RangeError("mine") }, b: 1}) } catch (e) { return e.message } };
    export const endless = () => options({get a() { return endless() }, b: 1});
  )",
                           {"t"});
  CHECK(ask<int>(plugin, "again", 50) == 51);
  CHECK(ask<int>(plugin, "waits") == 3);
  CHECK(ask<int>(plugin, "waits_later") == 3);
  CHECK(ask(plugin, "throws") == Value("mine"));
  CHECK(ask(plugin, "throws_later") == Value("mine"));
  CHECK(ask_error(plugin, "endless").class_name() == "RangeError");
  CHECK(ask<int>(plugin, "again", 5) == 6);
}

TEST_CASE("conversion methods are not called: a number is a number") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = box.load(R"(
    import { options } from "cap:t";
    let called = 0;
    const sly = {valueOf() { called++; return 1 }, toString() { called++; return "1" }, [Symbol.toPrimitive]() { called++; return 1 }};
    export const f = () => { try { options({a: sly, b: 1}) } catch (e) { return [e.name, called] } };
  )",
                           {"t"});
  CHECK(json(ask(plugin, "f")) == R"(["TypeError",0])");
}

TEST_CASE("bytes are copied before anything else of the plugin runs") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = box.load(R"(
    import { two, bytes_later } from "cap:t";
    const memory = new WebAssembly.Memory({initial: 1});
    export const detach = () => two(new Uint8Array(memory.buffer), {get a() { memory.grow(1); return 0 }, b: 0});
    export const change = async () => { const mine = new Uint8Array([1, 2]); const later = bytes_later(mine); mine[0] = 9; return later };
  )",
                           {"t"});
  CHECK(ask<int>(plugin, "detach") == 65536);
  CHECK(ask(plugin, "change") == Value(Bytes{1, 2}));
}

TEST_CASE("arrays and objects that change while they are read") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = box.load(module(R"(
    import { take } from "cap:t";
    export const shrink = () => { const list = [1, 2, 3]; Object.defineProperty(list, 0, {get() { list.length = 1; return 1 }}); take(list); return list };
    export const grow = () => { const list = [0]; Object.defineProperty(list, 0, {get() { list.push(1, 2, 3); return 1 }}); take(list); return list.length };
    export const remove = () => { const o = {get a() { delete o.b; return 1 }, b: 2}; take(o); return o };
    export const many = () => { const o = new Proxy({}, {ownKeys: () => Array.from({length: 1e4}, (_, i) => "k" + i),
      getOwnPropertyDescriptor: () => ({configurable: true, enumerable: true, value: 1})});
      try { take(o); return "taken" } catch (e) { return e.name } };
    export const lying = () => { const o = new Proxy([], {}); try { take(o); return "taken" } catch (e) { return e.name } };
  )",
                                  {"t"}, "limits: {message: 64KiB}\n"));
  CHECK(plugin.call("shrink").get().has_value());
  CHECK(plugin.call("grow").get().has_value());
  CHECK(json(ask(plugin, "remove")) == R"({"a":1})");
  CHECK(ask(plugin, "many") == Value("RangeError"));
  CHECK(ask(plugin, "lying") == Value("taken"));
}

TEST_CASE("unloading while an argument is being read ends it") {
  Plugin* self = nullptr;
  Registry registry;
  registry.define("t")
      .sync("take", [](const Value&) {})
      .sync("unload", [&] { static_cast<void>(self->unload()); })
      .sync("nap", [](Call& call) { return call.sleep(1h); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(R"(
    import { take, unload, nap } from "cap:t";
    export const f = () => { take({get a() { unload(); nap(); for (;;) {} }}); return "went on" };
  )",
                           {"t"});
  self = &plugin;
  CHECK(ask_error(plugin, "f").code() == Errc::unloaded);
  CHECK(ask_error(plugin, "f").code() == Errc::unloaded);
}
