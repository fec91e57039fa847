// The realm a plugin lives in: what is there, what is not, and that nothing of another realm ever reaches it.
#include "unit/sandbox/support.h"

#include <algorithm>

using namespace cloche;
using namespace cloche::testing;

namespace {

Registry offering() {
  Registry registry;
  registry.define("t")
      .sync("object",
            [] {
              return Value(Object{{"list", Array{1, Object{}}}, {"date", Date{0}}, {"bytes", Bytes{1}}});
            })
      .sync("same", [](Value value) { return value; })
      .async("later",
             [] {
               return Value(Object{{"a", Array{}}});
             })
      .sync("fail", []() -> Result<int> { return Error(Errc::io, "disk full"); })
      .async("fail_later", []() -> Result<int> { return Error(Errc::not_capable, "no"); });
  return registry;
}

Plugin prepared(Sandbox& box, const std::string& source) {
  return box.load("import * as t from 'cap:t';\n" + source, {"t"});
}

}  // namespace

TEST_CASE("the globals are those of the language, console and timers, and no others") {
  Sandbox box(1);
  Plugin plugin = box.load("export const f = () => Object.getOwnPropertyNames(globalThis).sort();");
  const auto names = ask<std::vector<std::string>>(plugin, "f");
  const std::vector<std::string> allowed{"AggregateError",
                                         "Array",
                                         "ArrayBuffer",
                                         "BigInt",
                                         "BigInt64Array",
                                         "BigUint64Array",
                                         "Boolean",
                                         "DataView",
                                         "Date",
                                         "Error",
                                         "EvalError",
                                         "FinalizationRegistry",
                                         "Float16Array",
                                         "Float32Array",
                                         "Float64Array",
                                         "Function",
                                         "Infinity",
                                         "Int16Array",
                                         "Int32Array",
                                         "Int8Array",
                                         "Intl",
                                         "Iterator",
                                         "JSON",
                                         "Map",
                                         "Math",
                                         "NaN",
                                         "Number",
                                         "Object",
                                         "Promise",
                                         "Proxy",
                                         "RangeError",
                                         "ReferenceError",
                                         "Reflect",
                                         "RegExp",
                                         "Set",
                                         "String",
                                         "Symbol",
                                         "SyntaxError",
                                         "TypeError",
                                         "URIError",
                                         "Uint16Array",
                                         "Uint32Array",
                                         "Uint8Array",
                                         "Uint8ClampedArray",
                                         "WeakMap",
                                         "WeakRef",
                                         "WeakSet",
                                         "WebAssembly",
                                         "clearInterval",
                                         "clearTimeout",
                                         "console",
                                         "decodeURI",
                                         "decodeURIComponent",
                                         "encodeURI",
                                         "encodeURIComponent",
                                         "escape",
                                         "eval",
                                         "globalThis",
                                         "isFinite",
                                         "isNaN",
                                         "parseFloat",
                                         "parseInt",
                                         "queueMicrotask",
                                         "setInterval",
                                         "setTimeout",
                                         "undefined",
                                         "unescape"};
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(std::ranges::binary_search(allowed, name));
  }
  for (const char* name : {"Array", "console", "setTimeout", "queueMicrotask", "WebAssembly"}) {
    CHECK(std::ranges::find(names, name) != names.end());
  }
}

TEST_CASE("nothing of a host's surroundings can be named") {
  Sandbox box(1);
  Plugin plugin = box.load(R"(
    export const f = (name) => [typeof globalThis[name], (0, eval)("typeof " + name), new Function("return typeof " + name)()];
  )");
  for (
      const char* name :
      {"process",   "require",    "module",         "exports", "global",        "Buffer", "SharedArrayBuffer",
       "Atomics",   "Deno",       "window",         "self",    "load",          "print",  "read",
       "d8",        "fetch",      "XMLHttpRequest", "Worker",  "importScripts", "gc",     "v8",
       "__dirname", "performance"}) {
    CAPTURE(name);
    CHECK(json(ask(plugin, "f", name)) == R"(["undefined","undefined","undefined"])");
  }
}

TEST_CASE("everything that is put into the realm is made of the realm's own parts") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    const own = (x) => {
      // Walks what can be reached, and names the first function whose maker is not this realm's.
      const seen = new Set(); const open = [["x", x]];
      while (open.length) {
        const [path, value] = open.pop();
        if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) continue;
        seen.add(value);
        const proto = Object.getPrototypeOf(value);
        if (value === Function.prototype || value === Object.prototype) continue;
        if (typeof value === "function" && !(value instanceof Function)) return path;
        if (proto !== null && !(value instanceof Object)) return path;
        if (proto !== null) open.push([path + ".__proto__", proto]);
        for (const key of Reflect.ownKeys(value)) {
          const {value: inner, get, set} = Object.getOwnPropertyDescriptor(value, key);
          const name = path + "." + String(key);
          for (const part of [inner, get, set]) open.push([name, part]);
        }
      }
      return "own";
    };
    const caught = async (f) => { try { await f(); return "nothing" } catch (e) { return e } };
    export const f = async (given) => {
      const promise = t.later(); const result = await promise;
      const imported = await import("cap:t");
      const things = {t, imported, object: t.object(), same: t.same({a: [1]}), promise, result, given, meta: import.meta, console,
        setTimeout, clearTimeout, queueMicrotask, error: await caught(t.fail), late: await caught(t.fail_later),
        bad: await caught(() => t.same(Symbol.iterator, ...new Array(50))), missing: await caught(() => import("cap:nothing")),
        gone: await caught(() => import("./gone.mjs"))};
      return Object.entries(things).map(([name, thing]) => [name, own(thing)]).filter(([, answer]) => answer !== "own");
    };
    export const g = async (given) => [
      t.object.constructor === Function, t.later.constructor === Function,
      t.object().constructor === Object, t.object().list.constructor === Array, t.object().list[1].constructor === Object,
      t.object().date.constructor === Date, t.object().bytes.constructor === Uint8Array, t.object().bytes.buffer.constructor === ArrayBuffer,
      t.later().constructor === Promise, (await t.later()).a.constructor === Array,
      (await caught(t.fail)).constructor === Error, (await caught(t.fail_later)).constructor === Error,
      (await caught(() => import("cap:nothing"))).constructor === Error,
      given.constructor === Object, given.error.constructor === TypeError, console.log.constructor === Function,
    ];
  )");
  const Value given{Object{{"list", Array{Object{}}},
                           {"error", ErrorValue{"TypeError", "m", "", ""}},
                           {"big", BigInt{false, {1}}}}};
  CHECK(json(ask(plugin, "f", given)) == "[]");
  for (const bool own : ask<std::vector<bool>>(plugin, "g", given)) CHECK(own);
}

TEST_CASE("constructor.constructor makes code of the plugin's own realm only") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    globalThis.mark = "mine";
    export const f = async () => {
      const makers = [t.object, t.object(), t.object().list, t.later, t.later(), await t.later(), console, console.log, setTimeout,
        import.meta.url, await import("cap:t").then((m) => m.same)];
      return makers.map((x) => x.constructor.constructor("return globalThis.mark")());
    };
  )");
  for (const std::string& mark : ask<std::vector<std::string>>(plugin, "f")) CHECK(mark == "mine");
}

TEST_CASE("polluted prototypes do not come between host and plugin") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    let stolen = "";
    const trap = (object, key) => Object.defineProperty(object, key, {
      configurable: true, get() { stolen += "get " + key + " "; return undefined }, set(v) { stolen += "set " + key + " " }});
    for (const key of ["list", "date", "bytes", "a", "0", "1", "2", "code", "cause", "x"]) trap(Object.prototype, key);
    for (const key of ["0", "1", "2"]) trap(Array.prototype, key);
    export const sync = () => [Object.keys(t.object()), t.object().list.length, stolen];
    export const waiting = async () => { await null; return "awaited" };
    export const later = async () => { const r = await t.later(); return [Object.keys(r), stolen] };
    export const timer = () => new Promise((done) => setTimeout(done, 1, "timer"));
    export const echo = (x) => t.same(x);
    export const spoils = () => stolen;
  )");
  CHECK(json(ask(plugin, "sync")) == R"([["list","date","bytes"],2,""])");
  CHECK(ask(plugin, "waiting") == Value("awaited"));
  CHECK(ask(plugin, "timer") == Value("timer"));
  CHECK(json(ask(plugin, "later")) == R"([["a"],""])");
  const Value sent{Object{{"x", Array{1, 2, Object{{"code", 1}}}}}};
  CHECK(ask(plugin, "echo", sent) == sent);
  CHECK(ask<std::string>(plugin, "spoils").empty());
}

TEST_CASE("replaced builtins do not change what crosses") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    Promise.prototype.then = () => { throw new Error("mine") };
    Array.prototype[Symbol.iterator] = null; Object.keys = null; JSON.stringify = null; Symbol.iterator;
    Function.prototype.call = null; Error.prototype.toString = () => { throw 1 };
    export const now = () => t.object();
    export const waiting = () => t.later();
    export const failing = () => t.fail_later();
    export const pending = () => new Promise((done) => setTimeout(done, 1, 5));
  )");
  CHECK(ask(plugin, "now").find("list") != nullptr);
  CHECK(plugin.call("waiting").get().has_value());
  CHECK(ask_error(plugin, "failing").code() == Errc::not_capable);
  CHECK(ask<int>(plugin, "pending") == 5);
}

TEST_CASE(
    "a thenable the host never made is not awaited, and a then that is one is the plugin's own business") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    export const f = () => ({then: 1, x: 2});
    export const g = async () => ({then(done) { done(3) }});
    export const h = async () => { Object.prototype.then = function (done) { delete Object.prototype.then; done("taken over") };
                                   return t.later() };
  )");
  CHECK(json(ask(plugin, "f")) == R"({"then":1,"x":2})");
  CHECK(ask<int>(plugin, "g") == 3);
  CHECK(ask(plugin, "h") == Value("taken over"));
}

TEST_CASE("stacks, call sites and Error.prepareStackTrace show nothing but the plugin") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    const stacks = async () => { const out = [];
      for (const f of [t.fail, t.fail_later, () => t.same(undefined, {get x() { throw 1 }}), () => { throw new Error("own") }]) {
        try { await f() } catch (e) { out.push(String(e.stack)) } }
      return out };
    export const plain = () => stacks();
    export const sites = async () => {
      const seen = [];
      Error.prepareStackTrace = (error, sites) => { seen.push(...sites.map((s) => [s.getFileName(), typeof s.getThis(), typeof s.getFunction(),
        String(s.getEvalOrigin() ?? "")])); return "prepared" };
      const all = await stacks(); Error.prepareStackTrace = undefined;
      return seen };
    export const thrown = () => { Error.prepareStackTrace = () => { throw new Error("while preparing") }; throw new Error("thrown") };
  )");
  for (const std::string& text : ask<std::vector<std::string>>(plugin, "plain")) {
    CHECK(text.find(CLOCHE_SOURCE_DIR) == std::string::npos);
    CHECK(text.find("cloche::") == std::string::npos);
    CHECK(text.find(".cpp") == std::string::npos);
  }
  const Value sites = ask(plugin, "sites");
  for (const Value& site : *sites.as<Array>()) {
    const Value& file = site.as<Array>()->at(0);
    CHECK((!file.is<std::string>() || file.as<std::string>()->starts_with("plugin://com.example.test/")));
  }
  CHECK(ask_error(plugin, "thrown").code() == Errc::threw);
}

TEST_CASE("code generation and WebAssembly can be turned off, from every side") {
  Sandbox box(each_mode());
  const auto package = [](const std::string& source, const std::string& manifest) {
    return module(source, {}, manifest);
  };
  Plugin plugin = box.load(package(R"(
    const makers = {
      eval: () => eval("1"), indirect: () => (0, eval)("1"), Function: () => new Function("return 1")(),
      constructor: () => (() => {}).constructor("return 1")(),
      async: () => (async () => {}).constructor("return 1")(), generator: () => (function* () {}).constructor("yield 1")(),
      bound: () => Function.bind(null, "return 1")()(), reflect: () => Reflect.construct(Function, ["return 1"])(),
      timer: () => setTimeout("1"),
    };
    export const f = () => Object.entries(makers).filter(([, make]) => { try { make(); return true } catch (e) {
      return !(e instanceof EvalError || e instanceof TypeError) } }).map(([name]) => name);
    export const g = () => { try { eval("1") } catch (e) { return e.name } };
  )",
                                   "code_generation: false\n"));
  CHECK(json(ask(plugin, "f")) == "[]");
  CHECK(ask(plugin, "g") == Value("EvalError"));

  Plugin without = box.load(package(
      "export const f = () => [typeof WebAssembly, 'WebAssembly' in globalThis];", "web_assembly: false\n"));
  CHECK(json(ask(without, "f")) == R"(["undefined",false])");
  Plugin with = box.load(package(
      "export const f = () => WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));", ""));
  CHECK(ask<bool>(with, "f"));
}

TEST_CASE("a promise whose constructor is a trap gives the plugin's own error") {
  Sandbox box(each_mode(), offering());
  Plugin plugin = prepared(box, R"(
    export const pending = () => new Promise((done) => setTimeout(done, 1, 5));
    export const spoil = () => { Object.defineProperty(Promise.prototype, "constructor", {get() { throw new TypeError("species") }}) };
    export const ping = () => "pong";
  )");
  CHECK(ask<int>(plugin, "pending") == 5);
  CHECK(plugin.call<void>("spoil").get().has_value());
  const Error error = ask_error(plugin, "pending");
  CHECK(error.code() == Errc::threw);
  CHECK(error.message() == "species");
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("WebAssembly cannot wait on shared memory, which would stop every plugin of the thread") {
  Sandbox box(each_mode());
  // (module (memory 1 1 shared) (func (export "w") (result i32) (memory.atomic.wait32 (i32.const 0)
  // (i32.const 0) (i64.const -1))))
  Plugin plugin = box.load(R"(
    const code = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 7, 5, 1, 1, 119, 0, 0,
      10, 14, 1, 12, 0, 65, 0, 65, 0, 66, 127, 254, 1, 2, 0, 11]);
    export const f = () => { try { return new WebAssembly.Instance(new WebAssembly.Module(code)).exports.w() } catch (e) { return e.name } };
  )");
  CHECK(ask(plugin, "f") == Value("RuntimeError"));
}

TEST_CASE("callbacks of weak references after an unload harm nobody") {
  Sandbox box(each_mode());
  for (int i = 0; i < 20; ++i) {
    Plugin plugin = box.load(R"(
      const registry = new FinalizationRegistry(() => { throw new Error("late") });
      export const refs = [];
      export function* f() {}
      export const g = () => { for (let i = 0; i < 1000; i++) { const o = {i}; registry.register(o, i); refs.push(new WeakRef(o)) }
        for (let i = 0; i < 1e5; i++) new Array(10); return refs.length };
    )");
    CHECK(ask<int>(plugin, "g") == 1000);
    CHECK(plugin.unload().get().has_value());
  }
}
