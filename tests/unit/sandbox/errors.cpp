// Errors that cross the boundary: what a host learns of what a plugin threw, and what a plugin sees of the
// host's errors.
#include "support.h"

#include <stdexcept>

using namespace cloche;
using namespace cloche::testing;

namespace {

// The error of `f` in a plugin of this source.
Error thrown(Sandbox& box, const std::string& source) {
  Plugin plugin = box.load(source);
  return ask_error(plugin, "f");
}

Registry failing() {
  Registry registry;
  registry.define("t")
      .sync("broken", []() -> int { throw std::runtime_error("secret path /home/user/key"); })
      .sync("odd", []() -> int { throw 42; })
      .sync("refused", []() -> Result<int> { return Error(Errc::not_capable, "that is not yours"); })
      .sync("classed",
            []() -> Result<int> {
              return Error(Errc::threw, "of a class").of_class("RangeError").with_plugin_code("E_CLASS");
            })
      .async("broken_later", []() -> int { throw std::runtime_error("secret"); })
      .async("refused_later", []() -> Result<int> { return Error(Errc::quota, "used up"); })
      .async("number", [](double n) { return n; });
  return registry;
}

constexpr auto kTell = R"(
  import * as t from "cap:t";
  export async function f(name, ...args) {
    try { return await t[name](...args) }
    catch (e) { return [e.name, e.message, e.code, e instanceof Error, e.constructor.name] }
  }
)";

}  // namespace

TEST_CASE("an error keeps its class, message, code and cause") {
  Sandbox box(each_mode());
  const Error error = thrown(box, R"(
    class SyncError extends RangeError { name = "SyncError"; code = "E_SYNC" }
    export function f() {
      throw new SyncError("outer", {cause: new TypeError("inner", {cause: new Error("innermost")})});
    }
  )");
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "SyncError");
  CHECK(error.message() == "outer");
  CHECK(error.plugin_code() == "E_SYNC");
  REQUIRE(error.cause() != nullptr);
  CHECK(error.cause()->class_name() == "TypeError");
  CHECK(error.cause()->message() == "inner");
  REQUIRE(error.cause()->cause() != nullptr);
  CHECK(error.cause()->cause()->message() == "innermost");
}

TEST_CASE("an error knows its place and the plugin's own frames, and no others") {
  Registry registry;
  Plugin* self = nullptr;
  registry.define("t").sync("back", [&self]() -> Result<int> { return self->call<int>("inner").get(); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load({{{"main.mjs",
                              "import { inner } from './lib/deep.mjs';\n"
                              "import { back } from 'cap:t';\n"
                              "export function f() { inner() }\n"
                              "export { inner };\n"
                              "export function g() {\n"
                              "  back() }\n"},
                             {"lib/deep.mjs", "export function inner() {\n  throw new Error('deep');\n}\n"}},
                            {"t"}});
  self = &plugin;
  const Error error = ask_error(plugin, "f");
  REQUIRE(error.where().has_value());
  CHECK(to_string(*error.where()) == "plugin://com.example.test/lib/deep.mjs:2:3");
  REQUIRE(error.frames().size() == 2);
  CHECK(error.frames()[0].function == "inner");
  CHECK(to_string(error.frames()[0].location) == "plugin://com.example.test/lib/deep.mjs:2:9");
  CHECK(error.frames()[1].function == "f");
  CHECK(to_string(error.frames()[1].location) == "plugin://com.example.test/main.mjs:3:23");

  // Through a host function between two stretches of the plugin.
  const Error nested = ask_error(plugin, "g");
  for (const StackFrame& frame : nested.frames()) {
    CHECK(frame.location.file.starts_with("plugin://com.example.test/"));
  }
}

TEST_CASE("a rejected promise is told like an exception") {
  Sandbox box(each_mode());
  const Error error =
      thrown(box, R"(export async function f() { await null; throw new TypeError("later") })");
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "TypeError");
  CHECK(error.message() == "later");
  REQUIRE(error.frames().size() == 1);
  CHECK(error.frames()[0].function == "f");
  CHECK(box.events().count("rejection later") == 0);
}

TEST_CASE("what is thrown need not be an error") {
  Sandbox box(each_mode());
  const auto message = [&](const std::string& expression) {
    const Error error = thrown(box, "export const f = () => { throw " + expression + " };");
    CHECK(error.code() == Errc::threw);
    return error.message();
  };
  CHECK(message("undefined") == "undefined");
  CHECK(message("null") == "null");
  CHECK(message("42") == "42");
  CHECK(message("'text'") == "text");
  CHECK(message("10n") == "10");
  CHECK(message("Symbol('s')") == "Symbol(s)");
  CHECK(message("Object.freeze({message: 'frozen'})") == "frozen");
  CHECK(message("Object.freeze(new Error('stiff'))") == "stiff");
  CHECK(message("{name: 'Odd', message: 'like an error'}") == "like an error");
  CHECK_FALSE(message("Object.create(null)").empty());
  CHECK_FALSE(message("new Proxy({}, {get() { throw 1 }})").empty());
  CHECK_FALSE(message("() => 1").empty());
  CHECK(message("new Error()").empty());
}

TEST_CASE("hostile properties of an error do no harm") {
  Sandbox box(each_mode());
  for (const std::string property : {"name", "message", "code", "cause", "stack", "constructor"}) {
    CAPTURE(property);
    const Error throws =
        thrown(box, "export const f = () => { const e = new Error('m'); Object.defineProperty(e, '" +
                        property + "', {get() { throw new Error('trap') }}); throw e };");
    CHECK(throws.code() == Errc::threw);
    CHECK(throws.message() == (property == "message" ? "" : "m"));
    const Error odd =
        thrown(box, "export const f = () => { const e = new Error('m'); Object.defineProperty(e, '" +
                        property + "', {value: Symbol('odd')}); throw e };");
    CHECK(odd.code() == Errc::threw);
  }
}

TEST_CASE("a chain of causes that is endless is cut") {
  Sandbox box(each_mode());
  const Error error =
      thrown(box, "export const f = () => { const e = new Error('ring'); e.cause = e; throw e };");
  int depth = 0;
  for (const Error* one = &error; one != nullptr; one = one->cause()) ++depth;
  CHECK(depth > 1);
  CHECK(depth < 10);
}

TEST_CASE("a very long message is cut") {
  Sandbox box(each_mode());
  const Error error = thrown(box, "export const f = () => { throw new Error('x'.repeat(1e6)) };");
  CHECK(error.message().size() > 1000);
  CHECK(error.message().size() < 100000);
}

TEST_CASE("a plugin cannot pass its error off as the host's") {
  Sandbox box(each_mode());
  const Error error = thrown(box, R"(
    class NotCapable extends Error {}
    export const f = () => { const e = new NotCapable("mine"); e.code = "not_capable"; throw e };
  )");
  CHECK(error.code() == Errc::threw);
  CHECK(error.plugin_code() == "not_capable");
}

TEST_CASE("an export that is none says what there is") {
  Sandbox box(each_mode());
  Plugin plugin = box.load("export const one = 1; export function two() {}");
  const Error missing = ask_error(plugin, "three");
  CHECK(missing.code() == Errc::no_such_export);
  CHECK(missing.message().find("one, two") != std::string::npos);
  CHECK(ask_error(plugin, "one").code() == Errc::no_such_export);
  CHECK(ask_error(plugin, "toString").code() == Errc::no_such_export);
  CHECK(ask_error(plugin, "").code() == Errc::no_such_export);
}

TEST_CASE("a plugin sees that a host function failed, not the host's own text") {
  Sandbox box(each_mode(), failing());
  Plugin plugin = box.load(kTell, {"t"});
  for (const char* name : {"broken", "odd", "broken_later"}) {
    const std::string told = json(ask(plugin, "f", name));
    CHECK(told.starts_with("[\"Error\","));
    CHECK(told.find("secret") == std::string::npos);
    CHECK(told.find("internal") != std::string::npos);
    CHECK(told.find(name) != std::string::npos);
  }
}

TEST_CASE("a plugin sees the host's errors with class and code") {
  Sandbox box(each_mode(), failing());
  Plugin plugin = box.load(kTell, {"t"});
  CHECK(json(ask(plugin, "f", "refused")) ==
        R"(["NotCapable","that is not yours","not_capable",true,"Error"])");
  CHECK(json(ask(plugin, "f", "refused_later")) == R"(["Error","used up","quota",true,"Error"])");
  CHECK(json(ask(plugin, "f", "classed")) == R"(["RangeError","of a class","E_CLASS",true,"RangeError"])");
}

TEST_CASE("an asynchronous function refuses a wrong argument at once") {
  Sandbox box(each_mode(), failing());
  Plugin plugin = box.load(R"(
    import { number } from "cap:t";
    export function f() { try { number("x").catch(() => {}); return "went through" } catch (e) { return e.message } }
  )",
                           {"t"});
  CHECK(ask<std::string>(plugin, "f") == "number: argument 1 (arg1): expected number, found string");
}

TEST_CASE("an error of the host that nobody catches keeps its code on the way out") {
  Sandbox box(each_mode(), failing());
  Plugin plugin = box.load(R"(
    import { refused, refused_later } from "cap:t";
    export const f = () => refused();
    export const g = () => refused_later();
  )",
                           {"t"});
  CHECK(ask_error(plugin, "f").code() == Errc::not_capable);
  CHECK(ask_error(plugin, "g").code() == Errc::quota);
}
