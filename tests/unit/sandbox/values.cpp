// Values that cross the boundary without a C++ type of their own: every kind, both ways, and what is refused.
#include "support.h"

#include <cmath>
#include <limits>

using namespace cloche;
using namespace cloche::testing;

namespace {

Registry echoing() {
  Registry registry;
  registry.define("t").sync("echo", [](Value value) { return value; }).async("later", [](Value value) {
    return value;
  });
  return registry;
}

// Through the plugin and back, by the three ways a value may take.
constexpr auto kEcho = R"(
  import { echo, later } from "cap:t";
  export const same = (x) => x;
  export const through = (x) => echo(x);
  export const waiting = (x) => later(x);
)";

void check_round_trip(Plugin& plugin, const Value& value) {
  CAPTURE(value);
  CHECK(ask(plugin, "same", value) == value);
  CHECK(ask(plugin, "through", value) == value);
  CHECK(ask(plugin, "waiting", value) == value);
}

}  // namespace

TEST_CASE("a value of every kind comes back as it went") {
  Sandbox box(each_mode(), echoing());
  Plugin plugin = box.load(kEcho, {"t"});
  const std::vector<Value> values{
      Undefined(),
      Null(),
      true,
      false,
      0.0,
      -1.5,
      1e308,
      std::numeric_limits<double>::infinity(),
      BigInt{false, {5}},
      BigInt{true, {0, 1}},
      BigInt{},
      "",
      "text",
      std::string("with\0nul", 8),
      "grüße 🎉 日本",
      Bytes{},
      Bytes{0, 1, 255},
      Date{1700000000123.0},
      Array{},
      Array{1, "two", Null(), Array{3}},
      Object{},
      Object{{"z", 1}, {"a", Object{{"", "empty name"}}}, {"grüße", Array{true}}},
  };
  for (const Value& value : values) check_round_trip(plugin, value);
}

TEST_CASE("NaN and the invalid date cross") {
  Sandbox box(each_mode(), echoing());
  Plugin plugin = box.load(kEcho, {"t"});
  CHECK(std::isnan(ask<double>(plugin, "through", std::nan(""))));
  CHECK(std::isnan(ask<Date>(plugin, "through", Date{std::nan("")}).milliseconds));
  CHECK(std::signbit(ask<double>(plugin, "through", -0.0)));
}

TEST_CASE("an error value crosses with name, message and code") {
  Sandbox box(each_mode(), echoing());
  Plugin plugin = box.load(kEcho, {"t"});
  const ErrorValue sent{"RangeError", "too far", "E_FAR", ""};
  const Value back = ask(plugin, "through", Value(sent));
  REQUIRE(back.is<ErrorValue>());
  CHECK(back.as<ErrorValue>()->name == "RangeError");
  CHECK(back.as<ErrorValue>()->message == "too far");
  CHECK(back.as<ErrorValue>()->code == "E_FAR");
}

TEST_CASE("what a plugin makes is read as the kind it is") {
  Sandbox box(each_mode());
  const auto result = [&](const std::string& expression) {
    Plugin plugin = box.load("export const f = () => (" + expression + ");");
    return ask(plugin, "f");
  };
  CHECK(result("new Int16Array([1, 2])") == Value(Bytes{1, 0, 2, 0}));
  CHECK(result("new DataView(new ArrayBuffer(2))") == Value(Bytes{0, 0}));
  CHECK(result("new Uint8Array([1, 2, 3, 4]).subarray(1, 3)") == Value(Bytes{2, 3}));
  CHECK(result("new Uint8Array([7]).buffer") == Value(Bytes{7}));
  CHECK(result("Symbol('x')") == Value(Undefined()));
  CHECK(result("({a: Symbol('x'), [Symbol('y')]: 1})") == Value(Object{{"a", Undefined()}}));
  CHECK(result("[1, , 3]") == Value(Array{1, Undefined(), 3}));
  CHECK(result("Object.create({inherited: 1}, {own: {value: 2, enumerable: true}, hidden: {value: 3}})") ==
        Value(Object{{"own", 2}}));
  CHECK(result("({get a() { return 5 }})") == Value(Object{{"a", 5}}));
  CHECK(result("new Proxy({a: 1}, {})") == Value(Object{{"a", 1}}));
  CHECK(result("new Map([[1, 2]])") == Value(Object{}));
  CHECK(result("new Set([1])") == Value(Object{}));
  CHECK(result("new (class A { x = 1; #y = 2; get z() { return 3 } })") == Value(Object{{"x", 1}}));
  CHECK(result("2n ** 64n") == Value(BigInt{false, {0, 1}}));
  CHECK(result("({1: 'one', a: 'A', 0: 'zero'})") == Value(Object{{"0", "zero"}, {"1", "one"}, {"a", "A"}}));
}

TEST_CASE("a lone surrogate becomes the replacement character") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(export const f = () => "a\ud800b"; export const key = () => ({"\udc00": 1});)");
  CHECK(ask(plugin, "f") == Value("a\xef\xbf\xbd"
                                  "b"));
  CHECK(ask(plugin, "key") == Value(Object{{"\xef\xbf\xbd", 1}}));
}

TEST_CASE("text that is not UTF-8 reaches a plugin with replacement characters") {
  Sandbox box(each_mode());
  Plugin plugin = box.load("export const codes = (s) => [...s].map((c) => c.codePointAt(0));");
  CHECK(json(ask(plugin, "codes",
                 std::string("a\xff"
                             "b"))) == "[97,65533,98]");
}

TEST_CASE("a view of a detached buffer is empty") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    const memory = new WebAssembly.Memory({initial: 1});
    const view = new Uint8Array(memory.buffer);
    export const before = () => view.subarray(0, 2);
    export const after = () => { memory.grow(1); return [view, view.buffer]; };
  )");
  CHECK(ask(plugin, "before") == Value(Bytes{0, 0}));
  CHECK(ask(plugin, "after") == Value(Array{Bytes{}, Bytes{}}));
}

TEST_CASE("a value that is nested too deeply or cyclic is refused, and the plugin goes on") {
  Sandbox box(each_mode(), echoing());
  Plugin plugin = box.load(R"(
    import { echo } from "cap:t";
    const nest = (n) => { let x = []; for (let i = 1; i < n; i++) x = i % 2 ? [x] : {x}; return x; };
    const ring = {}; ring.ring = [ring];
    export const deep = (n) => nest(n);
    export const cyclic = () => ring;
    export const pass = (n) => { try { echo(nest(n)); return "passed" } catch (e) { return [e.name, e.code] } };
    export const pass_ring = () => { try { echo(ring) } catch (e) { return [e.name, e.code] } };
  )",
                           {"t"});
  CHECK(plugin.call<Value>("deep", 200).get().has_value());
  CHECK(ask_error(plugin, "deep", 201).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "deep", 100000).code() == Errc::size_limit);
  CHECK(ask_error(plugin, "cyclic").code() == Errc::size_limit);
  CHECK(json(ask(plugin, "pass", 200)) == R"("passed")");
  CHECK(json(ask(plugin, "pass", 5000)) == R"(["RangeError","size_limit"])");
  CHECK(json(ask(plugin, "pass_ring")) == R"(["RangeError","size_limit"])");
}

TEST_CASE("getters and proxies that throw give their own error") {
  Sandbox box(each_mode(), echoing());
  Plugin plugin = box.load(R"(
    import { echo } from "cap:t";
    const bad = {get x() { throw new RangeError("no x") }};
    const proxy = new Proxy({}, {ownKeys() { throw new TypeError("no keys") }});
    const revocable = Proxy.revocable({}, {}); revocable.revoke();
    export const getter = () => [bad];
    export const trap = () => proxy;
    export const revoked = () => revocable.proxy;
    export const pass = () => { try { echo(bad) } catch (e) { return e instanceof RangeError && e.message } };
  )",
                           {"t"});
  const Error getter = ask_error(plugin, "getter");
  CHECK(getter.code() == Errc::threw);
  CHECK(getter.class_name() == "RangeError");
  CHECK(getter.message() == "no x");
  CHECK(ask_error(plugin, "trap").message() == "no keys");
  CHECK(ask_error(plugin, "revoked").class_name() == "TypeError");
  CHECK(ask(plugin, "pass") == Value("no x"));
}
