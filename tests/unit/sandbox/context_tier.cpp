// The context tier: plugins of one trust group in one isolate, each with all it needs of its own.
#include "support.h"

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kBomb =
    "export const bomb = () => [...'.'.repeat(5e8)].length; export const ping = () => 'pong';";
constexpr auto kPatient = "limits: {heap: 32MiB, cpu_per_call: 60s, wall_per_call: 120s}\n";
constexpr auto kKey =
    "publisher: {name: Acme, key: \"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}\n";

Package patient(const std::string& source, const std::string& manifest = {}) {
  return module(source, {}, kPatient + manifest);
}

// Whether the crash of one is the end of the other.
bool share_an_isolate(Plugin& one, Plugin& other) {
  CHECK(ask_error(one, "bomb").code() == Errc::crashed);
  const auto answer = other.call("ping").get();
  if (!answer) CHECK(answer.error().code() == Errc::crashed);
  return !answer;
}

}  // namespace

TEST_CASE("the host's name for a trust group says who shares an isolate") {
  Sandbox box(each_thread());
  Plugin one = box.load_shared(patient(kBomb), "a").value();
  Plugin two = box.load_shared(patient(kBomb), "a").value();
  Plugin other = box.load_shared(patient(kBomb), "b").value();
  CHECK(share_an_isolate(one, two));
  CHECK(ask(other, "ping") == Value("pong"));
  CHECK(box.events().count("crashed com.example.test") == 2);

  // The group begins anew.
  Plugin three = box.load_shared(patient(kBomb), "a").value();
  CHECK(ask(three, "ping") == Value("pong"));
  CHECK_FALSE(share_an_isolate(other, three));
}

TEST_CASE(
    "the word context in the manifest shares an isolate with those of the same publisher key, and with no "
    "others") {
  Sandbox box(1);
  const std::string context = "isolation: context\n";
  Plugin one = box.load(patient(kBomb, kKey + context));
  Plugin two = box.load(patient(kBomb, kKey + context));
  Plugin apart = box.load(patient(kBomb, kKey));
  Plugin keyless = box.load(patient(kBomb, context));
  Plugin namesake = box.load(patient(kBomb, "publisher: {name: Acme}\n" + context));
  CHECK(one.grants().isolation == Isolation::context);
  CHECK(apart.grants().isolation == Isolation::isolate);
  CHECK(share_an_isolate(one, two));
  for (Plugin* plugin : {&apart, &keyless, &namesake}) CHECK(ask(*plugin, "ping") == Value("pong"));
  CHECK_FALSE(share_an_isolate(keyless, namesake));
}

TEST_CASE("whoever asks for more isolation gets it: the policy, or the caller") {
  Policy policy = Policy::grant_all();
  policy.defaults.isolation_at_least = Isolation::isolate;
  Sandbox strict(1, {}, policy);
  Plugin one = strict.load_shared(patient(kBomb), "a").value();
  Plugin two = strict.load_shared(patient(kBomb), "a").value();
  CHECK(two.grants().isolation == Isolation::isolate);
  CHECK_FALSE(share_an_isolate(one, two));

  Sandbox box(1);
  Manifest manifest = manifest_of(patient(kBomb));
  manifest.isolation = Isolation::context;
  const auto files = std::make_shared<MemoryFiles>(patient(kBomb).files);
  const LoadOptions raised{.isolation_at_least = Isolation::isolate, .trust_group = "a"};
  Plugin three = box.load_shared(patient(kBomb), "a").value();
  Plugin four = box.host().load(manifest, files, raised).value();
  CHECK(four.grants().isolation == Isolation::isolate);
  CHECK_FALSE(share_an_isolate(three, four));
}

TEST_CASE("plugins with other limits of memory do not share an isolate, so that each keeps to its own") {
  Sandbox box(1);
  Plugin small = box.load_shared(patient(kBomb), "a").value();
  Plugin large = box.load_shared(module(kBomb, {}, "limits: {heap: 64MiB}\n"), "a").value();
  CHECK_FALSE(share_an_isolate(small, large));
}

TEST_CASE("all of a group run on one worker") {
  Sandbox box(3);
  std::vector<Plugin> plugins;
  for (int i = 0; i < 6; ++i) plugins.push_back(box.load_shared(patient(kBomb), "a").value());
  CHECK(ask_error(plugins.front(), "bomb").code() == Errc::crashed);
  for (Plugin& plugin : plugins) CHECK(ask_error(plugin, "ping").code() == Errc::crashed);
}

TEST_CASE("each has its own microtasks, timers and exports") {
  Sandbox box(each_thread());
  const auto source = [](const std::string& name) {
    return module("let log = []; export const f = async () => { queueMicrotask(() => log.push('" + name +
                  " micro')); setTimeout(() => log.push('" + name + " timer')); await null; log.push('" +
                  name + "'); await new Promise((done) => setTimeout(done, 5)); return log };");
  };
  Plugin one = box.load_shared(source("one"), "a").value();
  Plugin two = box.load_shared(source("two"), "a").value();
  auto first = one.call("f");
  auto second = two.call("f");
  CHECK(json(first.get().value()) == R"(["one micro","one","one timer"])");
  CHECK(json(second.get().value()) == R"(["two micro","two","two timer"])");
}

TEST_CASE("one that computes is ended by its own limit while the others wait, and they go on") {
  Sandbox box(1);
  const std::string limits = "limits: {cpu_per_call: 50ms}\n";
  Plugin spinner = box.load_shared(module("export let n = 0; export const f = () => { n++; for (;;) {} };\n"
                                          "export const count = () => n;",
                                          {}, limits),
                                   "a")
                       .value();
  Plugin other = box.load_shared(module("let n = 0; export const f = () => ++n;", {}, limits), "a").value();
  for (int i = 1; i <= 5; ++i) {
    auto endless = spinner.call("f");
    auto quick = other.call<int>("f");
    CHECK(quick.get().value() == i);
    CHECK(endless.get().error().code() == Errc::cpu_limit);
  }
  CHECK(ask<int>(spinner, "count") == 5);
}

TEST_CASE("a host function may call another of the group, on the stack it is on") {
  Plugin* target = nullptr;
  Registry registry;
  registry.define("t").sync(
      "ask", [&](const std::string& name) -> Result<Value> { return target->call(name).get(); });
  Sandbox box(each_thread(), std::move(registry));
  const std::string limits = "limits: {cpu_per_call: 100ms}\n";
  Plugin callee = box.load_shared(module(R"(
      let ticks = 0;
      export const value = () => [1, {a: 2}];
      export const soon = async () => { await null; queueMicrotask(() => ticks++); await null; await null; return ticks };
      export const spin = () => { for (;;) {} };
      export const flood = () => { const again = () => queueMicrotask(again); again() };
      export const fail = () => { throw new TypeError("no") };
      export const deep = () => { const f = () => f() + 1; return f() };
    )",
                                         {}, limits),
                                  "a")
                      .value();
  target = &callee;
  Plugin caller = box.load_shared(module(R"(
      import { ask } from "cap:t";
      const attempt = (name) => { try { return ask(name) } catch (e) { return [e.name, e.code] } };
      let micro = 0;
      export const f = (name) => { queueMicrotask(() => micro++); const seen = micro; const answer = attempt(name); return [answer, micro - seen] };
    )",
                                         {"t"}, limits),
                                  "a")
                      .value();
  CHECK(json(ask(caller, "f", "value")) == R"([[1,{"a":2}],0])");
  CHECK(json(ask(caller, "f", "soon")) == R"([1,0])");
  CHECK(json(ask(caller, "f", "fail")) == R"([["TypeError","threw"],0])");
  CHECK(json(ask(caller, "f", "deep")) == R"([["RangeError","threw"],0])");
  // What ends the one that was called does not end the caller, whose own time stands still meanwhile.
  for (int i = 0; i < 3; ++i) {
    CHECK(json(ask(caller, "f", "spin")) == R"([["Error","cpu_limit"],0])");
    CHECK(json(ask(caller, "f", "flood")) == R"([["Error","cpu_limit"],0])");
  }
  CHECK(json(ask(caller, "f", "value")) == R"([[1,{"a":2}],0])");
  CHECK(ask_error(callee, "spin").code() == Errc::cpu_limit);
}

TEST_CASE(
    "plugins of a group may call each other back and forth, and microtasks wait for the code they belong "
    "to") {
  Plugin* plugins[2] = {};
  Registry registry;
  registry.define("t").sync("ask", [&](int whom, const std::string& name, int depth) -> Result<Value> {
    return plugins[whom]->call(name, depth).get();
  });
  Sandbox box(each_thread(), std::move(registry));
  const auto source = [](int other) {
    return module(
        "import { ask } from 'cap:t'; let micro = 0;\n"
        "export const f = (depth) => { const before = micro; queueMicrotask(() => micro++);\n"
        "  const below = depth > 0 ? ask(" +
            std::to_string(other) +
            ", 'f', depth - 1) : []; return [...below, micro - before] };\n"
            "export const count = () => micro;",
        {"t"});
  };
  Plugin one = box.load_shared(source(1), "a").value();
  Plugin two = box.load_shared(source(0), "a").value();
  plugins[0] = &one;
  plugins[1] = &two;
  CHECK(json(ask(one, "f", 6)) == "[0,0,0,0,0,0,0]");
  CHECK(ask<int>(one, "count") == 4);
  CHECK(ask<int>(two, "count") == 3);
}

TEST_CASE("while one waits in a host function the others of its group wait, and then go on") {
  Events events;
  Sandbox box(1, blocking(events));
  Plugin waiter =
      box.load_shared(module("import { block } from 'cap:t'; export const f = () => block();", {"t"}), "a")
          .value();
  Plugin other = box.load_shared(module("export const f = () => 1;"), "a").value();
  Plugin stranger = box.load("export const f = () => 2;");
  auto waiting = waiter.call<void>("f");
  events.wait_for("blocking");
  auto queued = other.call<int>("f");
  CHECK(ask<int>(stranger, "f") == 2);
  CHECK_FALSE(queued.ready());
  events.add("let go");
  CHECK(waiting.get().has_value());
  CHECK(queued.get().value() == 1);
}

TEST_CASE("one of a group that is unloaded leaves the others, and its memory to them") {
  Sandbox box(each_thread());
  const std::string limits = "limits: {heap: 32MiB, cpu_per_call: 60s, wall_per_call: 120s}\n";
  Plugin stays = box.load_shared(module("let n = 0; export const f = () => ++n;", {}, limits), "a").value();
  // Each fills a third of the heap they share.
  const Package large = module(
      "globalThis.kept = []; for (let i = 0; i < 300000; i++) kept.push({i});\n"
      "setInterval(() => kept.length, 1); new FinalizationRegistry(() => kept).register({}, 1);\n"
      "export const f = () => kept.length;",
      {}, limits);
  for (int i = 1; i <= 20; ++i) {
    CAPTURE(i);
    Plugin comes = box.load_shared(large, "a").value();
    CHECK(ask<int>(comes, "f") == 300000);
    CHECK(comes.unload().get().has_value());
    CHECK(ask_error(comes, "f").code() == Errc::unloaded);
    CHECK(ask<int>(stays, "f") == i);
  }
  CHECK(stays.unload().get().has_value());
  Plugin again = box.load_shared(large, "a").value();
  CHECK(ask<int>(again, "f") == 300000);
}

TEST_CASE("what the engine does on its own reaches the plugin it is for") {
  Sandbox box(each_thread());
  Plugin first = box.load_shared(module("export const f = () => 1;"), "a").value();
  Plugin second = box.load_shared(module(R"(
      const code = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
      export const f = async () => (await WebAssembly.compile(code)) instanceof WebAssembly.Module;
    )"),
                                  "a")
                      .value();
  for (int i = 0; i < 5; ++i) CHECK(ask<bool>(second, "f"));
  CHECK(first.unload().get().has_value());
  CHECK(ask<bool>(second, "f"));
}

TEST_CASE("of a shared heap each is told about how much is its own") {
  Sandbox box(1);
  const auto keeper = patient(
      "const kept = []; export const keep = (n) => { for (let i = 0; i < n; i++) kept.push({i}) };"
      "export const churn = () => { let x; for (let i = 0; i < 100; i++) x = [new Array(1e5).fill(i)]; "
      "return x.length };");
  Plugin large = box.load_shared(keeper, "a").value();
  Plugin small = box.load_shared(keeper, "a").value();
  CHECK(large.call<void>("keep", 100'000).get().has_value());
  // The engine estimates with a full collection: garbage brings one about.
  while (large.statistics().heap.used < (2U << 20)) CHECK(ask<int>(small, "churn") == 1);
  CHECK(small.statistics().heap.used < large.statistics().heap.used / 2);
  CHECK(large.statistics().heap.limit == 32U << 20);
}
