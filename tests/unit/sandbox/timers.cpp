// Timers and microtasks: their order, their arguments, their limits, and what happens to exceptions in them.
#include "support.h"

using namespace cloche;
using namespace cloche::testing;
using Texts = std::vector<std::string>;

namespace {

// Runs `body`, in which `done` ends it and `note` writes an entry; gives the entries.
std::string noted(Sandbox& box, const std::string& body) {
  return evaluate(box,
                  "export const f = () => new Promise((resolve) => { const notes = []; const note = (x) => "
                  "notes.push(x);\n"
                  "const done = () => resolve(notes);\n" +
                      body + "\n});");
}

}  // namespace

TEST_CASE("timers fire in the order of their times, equal ones in the order they were set") {
  Sandbox box(each_mode());
  CHECK(noted(box,
              "setTimeout(() => { note('c'); done() }, 6); setTimeout(() => note('a'), 1); setTimeout(() => "
              "note('b'), 3);") == R"(["a","b","c"])");
  CHECK(noted(box, "for (let i = 0; i < 5; i++) setTimeout(() => { note(i); if (i === 4) done() }, 1);") ==
        "[0,1,2,3,4]");
}

TEST_CASE("microtasks run before timers, and before the next timer's callback") {
  Sandbox box(each_mode());
  CHECK(noted(box, R"(
    setTimeout(() => { note("timer 1"); Promise.resolve().then(() => note("after timer 1")) });
    setTimeout(() => { note("timer 2"); done() });
    queueMicrotask(() => { note("micro 1"); queueMicrotask(() => note("nested")) });
    Promise.resolve().then(() => note("promise"));
    note("now");
  )") == R"(["now","micro 1","promise","nested","timer 1","after timer 1","timer 2"])");
}

TEST_CASE("timers set by timers fire too") {
  Sandbox box(each_mode());
  CHECK(noted(box,
              "let n = 0; const again = () => { note(n); ++n < 20 ? setTimeout(again) : done() }; "
              "setTimeout(again);") == "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]");
}

TEST_CASE("a timer is given its arguments, and this is the global object") {
  Sandbox box(each_mode());
  CHECK(
      noted(box,
            "setTimeout(function (...args) { note(args); note(this === globalThis); done() }, 1, 'a', 2);") ==
      R"([["a",2],true])");
}

TEST_CASE("an interval repeats until it is cleared, from inside too") {
  Sandbox box(each_mode());
  CHECK(noted(box,
              "let n = 0; const id = setInterval(() => { note(++n); if (n === 3) { clearInterval(id); "
              "setTimeout(done, 5) } }, 0);") == "[1,2,3]");
}

TEST_CASE("a cleared timer does not fire, even when it was due, and clearing nonsense does nothing") {
  Sandbox box(each_mode());
  CHECK(noted(box, R"(
    const id = setTimeout(() => note("never"), 1);
    setTimeout(() => { note("first"); clearTimeout(second) }, 0);
    const second = setTimeout(() => note("second"), 0);
    clearTimeout(id); clearTimeout(id); clearTimeout(undefined); clearTimeout("x"); clearTimeout({}); clearInterval(-1);
    setTimeout(done, 5);
  )") == R"(["first"])");
}

TEST_CASE("a delay that makes no sense is none") {
  Sandbox box(each_mode());
  CHECK(noted(box, R"(
    setTimeout(() => note(1), -5); setTimeout(() => note(2), NaN); setTimeout(() => note(3), 1e300);
    setTimeout(() => note(4), "x"); setTimeout(() => { note(5); done() });
  )") == "[1,2,3,4,5]");
}

TEST_CASE("a callback must be a function") {
  Sandbox box(each_mode());
  CHECK(evaluate(box, R"(export const f = () => [setTimeout, setInterval, queueMicrotask].map((set) => {
    try { set("code"); return "taken" } catch (e) { return e.name } });)") ==
        R"(["TypeError","TypeError","TypeError"])");
}

TEST_CASE("more timers than the limit are refused, and those that fired make room") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(module(R"(
    const fill = () => { let n = 0; try { for (;;) { setTimeout(() => {}, 1); n++ } } catch (e) { return [n, e.name, e.code] } };
    export const f = async () => { const first = fill(); await new Promise((go) => go()); return first };
    export const g = () => { const id = setTimeout(() => {}, 1e6); clearTimeout(id); return "room" };
  )",
                                  {}, "limits: {timers: 10}\n"));
  CHECK(json(ask(plugin, "f")) == R"([10,"Error","timer_limit"])");
}

TEST_CASE("an exception in a callback is reported once and ends nothing else") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    export const f = () => new Promise((done) => {
      setTimeout(() => { throw new TypeError("in a timer") });
      queueMicrotask(() => { throw new RangeError("in a microtask") });
      setTimeout(() => done("went on"), 1);
    });
  )");
  CHECK(ask(plugin, "f") == Value("went on"));
  CHECK(box.events().count("rejection in a timer") == 1);
  CHECK(box.events().count("rejection in a microtask") == 1);
  CHECK(box.log().texts().size() == 2);
}

TEST_CASE("a microtask that throws does not keep the others from running") {
  Sandbox box(each_mode());
  CHECK(noted(box, R"(
    queueMicrotask(() => { throw 1 }); queueMicrotask(() => note("second"));
    Promise.resolve().then(() => { note("third"); done() });
  )") == R"(["second","third"])");
}

TEST_CASE("an interval that throws goes on") {
  Sandbox box(each_mode());
  CHECK(noted(box,
              "let n = 0; const id = setInterval(() => { note(++n); if (n < 3) throw 1; clearInterval(id); "
              "done() }, 1);") == "[1,2,3]");
  CHECK(box.events().count("rejection 1") == 2);
}

TEST_CASE("a rejection nobody handles is reported, one that is handled in time is not") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    export const lost = () => { Promise.reject(new Error("lost")); return 1 };
    export const caught = () => { Promise.reject(new Error("caught")).catch(() => {}); };
    export const soon = () => { const p = Promise.reject(new Error("soon")); queueMicrotask(() => p.catch(() => {})) };
    export const given = () => Promise.reject(new Error("given to the host"));
    export async function inner() { try { await Promise.reject(new Error("inner")) } catch {} }
  )");
  CHECK(ask<int>(plugin, "lost") == 1);
  for (const char* name : {"caught", "soon", "inner"}) CHECK(plugin.call<void>(name).get().has_value());
  CHECK(ask_error(plugin, "given").message() == "given to the host");
  CHECK(ask<int>(plugin, "lost") == 1);
  CHECK(plugin.unload().get().has_value());
  CHECK(box.events().all() ==
        Texts{"loaded com.example.test", "rejection lost", "rejection lost", "unloaded com.example.test"});
}

TEST_CASE("a timer's time is no part of the call that set it") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    export const start = () => { setTimeout(() => { for (;;) {} }) };
    export const ping = () => "pong";
  )");
  CHECK(plugin.call<void>("start").get().has_value());
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("microtasks wait for the end of a callback that calls back through the host") {
  Plugin* self = nullptr;
  Registry registry;
  registry.define("t").sync("back", [&]() -> Result<Value> { return self->call("inner").get(); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(R"(
    import { back } from "cap:t";
    let notes;
    export const inner = () => { Promise.resolve().then(() => notes.push("micro 2")); notes.push("inner") };
    const body = (done) => () => { notes = []; Promise.resolve().then(() => notes.push("micro 1")); back(); notes.push("end");
                                   queueMicrotask(() => done(notes)) };
    export const in_timer = () => new Promise((done) => setTimeout(body(done)));
    export const in_call = () => new Promise((done) => body(done)());
    export const in_microtask = () => new Promise((done) => queueMicrotask(body(done)));
  )",
                           {"t"});
  self = &plugin;
  for (const char* name : {"in_call", "in_timer", "in_microtask"}) {
    CAPTURE(name);
    CHECK(json(ask(plugin, name)) == R"(["inner","end","micro 1","micro 2"])");
  }
}
