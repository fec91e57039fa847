// Host functions: those that wait, those that answer later, those that block, and those that call back.
#include "support.h"

#include <atomic>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

// Opened once, by the test or by another host function; the fibers that pass wait for it.
class Gate {
 public:
  void open() { promise_.settle({}); }
  Result<void> pass() { return promise_.future().get(); }

 private:
  Promise<void> promise_;
};

}  // namespace

TEST_CASE("while a synchronous function waits, other plugins of its thread go on") {
  Events events;
  Gate gate;
  Registry registry;
  registry.define("t")
      .sync("wait",
            [&] {
              events.add("one waits");
              const auto passed = gate.pass();
              events.add("one goes on");
              return passed;
            })
      .sync("open", [&] {
        events.add("two opens");
        gate.open();
      });
  Sandbox box(each_thread(), std::move(registry));
  Plugin one = box.load(
      "import { wait } from 'cap:t'; export const start = () => { setTimeout(f) };\n"
      "let end; export const ended = new Promise((r) => { end = r }); const f = () => { wait(); end(1) };",
      {"t"});
  Plugin two = box.load("import { open } from 'cap:t'; export const f = () => { open(); return 2 };", {"t"});
  CHECK(one.call<void>("start").get().has_value());
  auto ended = one.value<int>("ended");
  if (box.host().wake_handle() >= 0) {
    while (events.count("one waits") == 0) box.host().poll();
  } else {
    events.wait_for("one waits");
  }
  CHECK(ask<int>(two, "f") == 2);
  CHECK(ended.get().value() == 1);
  CHECK(events.all() == Texts{"one waits", "two opens", "one goes on"});
}

TEST_CASE("a plugin that waits in a host function answers its other calls afterwards, in order") {
  Registry registry;
  registry.define("t").sync("nap", [](Call& call) { return call.sleep(10ms); });
  Sandbox box(1, std::move(registry));
  Plugin plugin = box.load(
      "import { nap } from 'cap:t'; const notes = [];\n"
      "export const f = (x) => { notes.push('begin ' + x); nap(); notes.push('end ' + x); return notes };",
      {"t"});
  auto a = plugin.call("f", "a");
  auto b = plugin.call("f", "b");
  CHECK(a.get().has_value());
  CHECK(json(b.get().value()) == R"(["begin a","end a","begin b","end b"])");
}

TEST_CASE("many asynchronous functions are under way at once") {
  std::atomic<int> inside{0};
  Gate gate;
  Registry registry;
  registry.define("t").async("meet", [&](double n) -> Result<double> {
    if (++inside == 100) gate.open();
    if (auto passed = gate.pass(); !passed) return passed.error();
    return n;
  });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(
      "import { meet } from 'cap:t';\n"
      "export const f = async () => (await Promise.all(Array.from({length: 100}, (_, i) => "
      "meet(i)))).reduce((a, b) => a + b);",
      {"t"});
  CHECK(ask<int>(plugin, "f") == 4950);
}

TEST_CASE("an asynchronous function's promise is settled in the order the host functions end") {
  Registry registry;
  registry.define("t").async("later", [](Call& call, double ms) -> Result<double> {
    if (auto slept = call.sleep(std::chrono::milliseconds(static_cast<int>(ms))); !slept)
      return slept.error();
    return ms;
  });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(
      "import { later } from 'cap:t'; export const f = async () => { const out = [];\n"
      "await Promise.all([later(9), later(1), later(5)].map((p) => p.then((x) => out.push(x)))); return out "
      "};",
      {"t"});
  CHECK(json(ask(plugin, "f")) == "[1,5,9]");
}

TEST_CASE("blocking work runs on another thread, and the worker serves others meanwhile") {
  Events events;
  Gate gate;
  Registry registry;
  registry.define("t")
      .sync("block",
            [&](Call& call) -> Result<bool> {
              const auto here = std::this_thread::get_id();
              return call.blocking([&, here] {
                events.add("blocking");
                static_cast<void>(gate.pass());
                return std::this_thread::get_id() != here;
              });
            })
      .async("block_later",
             [&](Call& call) -> Result<bool> {
               const auto here = std::this_thread::get_id();
               return call.blocking([here] { return std::this_thread::get_id() != here; });
             })
      .sync("open", [&] { gate.open(); });
  Sandbox box(each_thread(), std::move(registry));
  Plugin one = box.load(
      "import { block, block_later } from 'cap:t'; let end; export const ended = new Promise((r) => { end = "
      "r });\n"
      "export const start = () => { setTimeout(() => end(block())) }; export const g = () => block_later();",
      {"t"});
  Plugin two = box.load("import { open } from 'cap:t'; export const f = () => { open(); return 2 };", {"t"});
  CHECK(one.call<void>("start").get().has_value());
  auto ended = one.value<bool>("ended");
  while (box.host().wake_handle() >= 0 && events.count("blocking") == 0) box.host().poll();
  events.wait_for("blocking");
  CHECK(ask<int>(two, "f") == 2);
  CHECK(ended.get().value());
  CHECK(ask<bool>(one, "g"));
}

TEST_CASE("a host function that calls back into its own plugin nests on its stack") {
  Plugin* self = nullptr;
  Registry registry;
  registry.define("t").sync("back",
                            [&](double n) -> Result<double> { return self->call<double>("down", n).get(); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(
      "import { back } from 'cap:t'; export const down = (n) => n === 0 ? 0 : 1 + back(n - 1);", {"t"});
  self = &plugin;
  CHECK(ask<int>(plugin, "down", 20) == 20);
}

TEST_CASE("plugin and host calling each other without end is a RangeError, and the next call works") {
  Plugin* self = nullptr;
  Registry registry;
  registry.define("t").sync("back", [&]() -> Result<Value> { return self->call("f").get(); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(
      "import { back } from 'cap:t'; export const f = () => back(); export const ping = () => 'pong';",
      {"t"});
  self = &plugin;
  const Error error = ask_error(plugin, "f");
  CHECK(error.code() == Errc::threw);
  CHECK(error.class_name() == "RangeError");
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE("a host function may call another plugin, which may wait") {
  Plugin* other = nullptr;
  Registry registry;
  registry.define("t")
      .sync("ask", [&](const std::string& name) -> Result<Value> { return other->call(name).get(); })
      .async("ask_later", [&](const std::string& name) -> Result<Value> { return other->call(name).get(); })
      .async("later", [](Call& call) { return call.sleep(1ms); })
      .sync("nap", [](Call& call) { return call.sleep(1ms); });
  Sandbox box(each_thread(), std::move(registry));
  Plugin callee = box.load(
      "import { later, nap } from 'cap:t'; export const quick = () => 'quick';\n"
      "export const slow = () => later().then(() => 'slow'); export const napping = () => { nap(); return "
      "'napped' };\n"
      "export const bad = () => { throw new RangeError('from the other') };",
      {"t"});
  other = &callee;
  Plugin plugin = box.load(
      "import { ask, ask_later } from 'cap:t'; export const f = (name) => ask(name); export const g = (name) "
      "=> ask_later(name);\n"
      "export const ping = () => 'pong';",
      {"t"});
  for (const char* name : {"quick", "slow", "napping"}) {
    CAPTURE(name);
    const std::string expected = name == std::string("napping") ? "napped" : name;
    CHECK(ask<std::string>(plugin, "f", name) == expected);
    CHECK(ask<std::string>(plugin, "g", name) == expected);
  }
  CHECK(ask_error(plugin, "f", "bad").message() == "from the other");
  CHECK(ask(plugin, "ping") == Value("pong"));
}

TEST_CASE(
    "a host function that waits for a future while another plugin is preempted goes on in its own isolate") {
  Gate gate;
  std::atomic<bool> spinning{false};
  Registry registry;
  registry.define("t").sync("wait", [&] { return gate.pass(); }).sync("spinning", [&] { spinning = true; });
  Sandbox box(1, std::move(registry));
  Plugin waiter = box.load(
      "import { wait } from 'cap:t'; export const f = (n) => { const mine = {n}; wait(); return mine.n + 1 "
      "};",
      {"t"});
  Plugin spinner = box.load(
      "import { spinning } from 'cap:t'; let stop = false; export const halt = () => { stop = true };\n"
      "export const f = () => { spinning(); for (;;) {} };",
      {"t"});
  auto waits = waiter.call<int>("f", 41);
  auto spins = spinner.call_with<Value>({.cpu = 200ms}, "f");
  while (!spinning) std::this_thread::yield();
  gate.open();
  CHECK(waits.get().value() == 42);
  CHECK(spins.get().error().code() == Errc::cpu_limit);
}

TEST_CASE("two plugins that call each other through the host end with an error instead of waiting for ever") {
  Plugin* one = nullptr;
  Plugin* two = nullptr;
  Registry registry;
  registry.define("t")
      .sync("call_one", [&]() -> Result<Value> { return one->call("f").get(); })
      .sync("call_two", [&]() -> Result<Value> { return two->call("f").get(); });
  Sandbox box(each_thread(), std::move(registry));
  const auto package = [](const std::string& name) {
    return module("import { " + name +
                      " as go } from 'cap:t'; export const f = () => go(); export const ping = () => 'pong';",
                  {"t"}, "limits: {wall_per_call: 50ms}\n");
  };
  Plugin first = box.load(package("call_two"));
  Plugin second = box.load(package("call_one"));
  one = &first;
  two = &second;
  CHECK(ask_error(first, "f").code() == Errc::wall_limit);
  CHECK(ask(first, "ping") == Value("pong"));
  CHECK(ask(second, "ping") == Value("pong"));
}

TEST_CASE("a host function knows who calls it") {
  Registry registry;
  registry.define("t").sync("who", [](Call& call) { return call.plugin().id + " " + call.plugin().version; });
  Sandbox box(each_mode(), std::move(registry));
  CHECK(evaluate(box, "import { who } from 'cap:t'; export const f = () => who();", {"t"}) ==
        R"("com.example.test 1.0.0")");
}

TEST_CASE(
    "no more asynchronous functions are under way than the plugin's limit; when one is done, another may "
    "begin") {
  Gate gate;
  Registry registry;
  registry.define("t").async("wait", [&] { return gate.pass(); }).sync("open", [&] { gate.open(); });
  Sandbox box(each_mode(), std::move(registry));
  Plugin plugin = box.load(Package{.files = {{"main.mjs",
                                              "import { wait, open } from 'cap:t';\n"
                                              "export async function f() {\n"
                                              "  const begun = [wait(), wait()];\n"
                                              "  let code;\n"
                                              "  try { wait() } catch (e) { code = e.code }\n"
                                              "  open(); await Promise.all(begun); await wait();\n"
                                              "  return code;\n"
                                              "}"}},
                                   .capabilities = {"t"},
                                   .manifest = "limits: {pending: 2}\n"});
  CHECK(ask<std::string>(plugin, "f") == "pending_limit");
}
