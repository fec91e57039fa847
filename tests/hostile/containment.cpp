// What the engine gives up on: the plugin ends, its memory comes back, and nobody else notices.
#include "hostile/memory.h"
#include "unit/sandbox/support.h"

#include <array>
#include <csetjmp>
#include <csignal>
#include <optional>
#include <sys/mman.h>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

// Far more computing than it takes to run out of memory, however slow the machine.
constexpr auto kPatient = "heap: 64MiB, external: 32MiB, cpu_per_call: 5s, wall_per_call: 120s";

constexpr std::array kAttacks{
    "let a = []; for (;;) a.push({x: [1, 2, 3]})",
    "[...'.'.repeat(1e9)].length",
    "[...'.'.repeat(5e8)].length",
    "new Array(1e8).fill({a: 1}).map(x => ({...x})).length",
    "let s = 'x'; for (;;) s += s",
    "const m = new Map(); for (let i = 0; ; i++) m.set(i, 'v' + i)",
    "let b = []; for (;;) b.push(new ArrayBuffer(1 << 24))",
    "let b = []; for (;;) b.push(new Uint8Array(1 << 20).fill(1))",
    "'a'.repeat(2 ** 29 - 24).split('').length",
    "JSON.parse('[' + '[1],'.repeat(3e7) + '1]').length",
    "new Array(2 ** 32 - 2).join('x').length",
    "let x = 'a'.repeat(2 ** 28); x.replace(/a/g, 'bbbbbbbb').length",
    "2n ** (2n ** 30n)",
    "Array.from({length: 5e7}, (_, i) => ({i})).length",
    "let o = {}; for (let i = 0; ; i++) o['k' + i] = i",
    "let all = []; for (;;) all.push(new WebAssembly.Memory({initial: 4096}))",
    "(function f() { try { f() } finally { f() } })()",
    "/((((((((((a*)*)*)*)*)*)*)*)*)*)*b/.test('a'.repeat(30))",
};

Package attack(std::string_view code) {
  return module("export const ping = () => 1; export const f = () => { " + std::string(code) + " };", {},
                std::string("limits: {") + kPatient + "}\n");
}

/// A plugin that calls `fault`, a function of the host that faults on the plugin's stack.
Registry faulty() {
  Registry registry;
  registry.define("t")
      .sync("trap", [] { __builtin_trap(); })
      .sync("write_nowhere",
            [] {
              void* nowhere = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              *static_cast<volatile char*>(nowhere) = 1;
            })
      .sync("recurse", [] {
        struct Deep {
          static int down(int depth) {
            volatile char room[1024];
            room[0] = static_cast<char>(depth);
            return depth < 1'000'000 ? room[0] + down(depth + 1) + room[0] : 0;
          }
        };
        return Deep::down(0);
      });
  return registry;
}

}  // namespace

TEST_CASE(
    "eighteen attacks in a row: each ends in an error, a neighbour keeps answering, and the memory comes "
    "back") {
  Sandbox box(1);
  Plugin healthy = box.load(module(
      "export const f = (n) => { let q = 0; for (let i = 0; i < n; i++) q += [i].length; return q };", {},
      std::string("limits: {") + kPatient + "}\n"));
  CHECK(ask<int>(healthy, "f", 100'000) == 100'000);
  const long before = resident_kib();
  for (const char* code : kAttacks) {
    CAPTURE(code);
    Plugin plugin = box.load(attack(code));
    auto answer = plugin.call("f");
    for (int i = 0; i < 3; ++i) CHECK(ask<int>(healthy, "f", 1'000) == 1'000);
    const auto result = answer.get();
    if (!result) {
      const Errc code_of_error = result.error().code();
      CHECK((code_of_error == Errc::crashed || code_of_error == Errc::heap_limit ||
             code_of_error == Errc::cpu_limit || code_of_error == Errc::threw));
    }
    CHECK(ask<int>(healthy, "f", 1'000) == 1'000);
    static_cast<void>(plugin.unload().get());
  }
  const long after = resident_kib();
  MESSAGE("resident memory: " << before / 1024 << " MiB before, " << after / 1024 << " MiB after");
  if (kMemoryTells) CHECK(after - before < 64 * 1024);
}

TEST_CASE("a fault on a plugin's stack ends the plugin: its calls answer crashed") {
  Sandbox box(each_thread(), faulty());
  Plugin healthy = box.load("export const ping = () => 'well';");
  for (const char* fault : {"trap", "write_nowhere", "recurse"}) {
    CAPTURE(fault);
    Plugin plugin = box.load(
        module(std::string("import { ") + fault +
                   " as fault } from 'cap:t';"
                   "export const f = () => { fault() }; export const wait = () => new Promise(() => {});",
               {"t"}));
    auto waiting = plugin.call("wait");
    CHECK(ask_error(plugin, "f").code() == Errc::crashed);
    CHECK(waiting.get().error().code() == Errc::crashed);
    CHECK(plugin.call("f").get().error().code() == Errc::crashed);
    CHECK(ask(healthy, "ping") == Value("well"));
  }
  CHECK(box.events().count("crashed com.example.test") == 3);
}

TEST_CASE("timers of a plugin that crashed do not fire after it is gone") {
  Sandbox box(1, faulty());
  Plugin healthy =
      box.load("export const soon = () => new Promise((done) => setTimeout(done, 5, 'soon'));");
  for (int i = 0; i < 10; ++i) {
    Plugin plugin = box.load(
        module("import { trap } from 'cap:t'; for (let i = 0; i < 50; i++) setInterval(() => {}, 1);"
               "export const f = () => { trap() };",
               {"t"}));
    CHECK(ask_error(plugin, "f").code() == Errc::crashed);
    CHECK(plugin.unload().get().has_value());
    CHECK(ask(healthy, "soon") == Value("soon"));
  }
}

TEST_CASE("a crash inside a host function that another plugin called leaves that one alone") {
  Registry registry = faulty();
  std::optional<Plugin> victim;
  registry.define("u").sync("ask", [&] {
    auto answer = victim->call("f").get();
    return std::string(to_string(answer.error().code()));
  });
  Sandbox box(each_thread(), std::move(registry));
  victim = box.load(module("import { trap } from 'cap:t'; export const f = () => { trap() };", {"t"}));
  Plugin caller = box.load(module("import { ask } from 'cap:u'; export const f = () => ask() + '!';", {"u"}));
  CHECK(ask(caller, "f") == Value("crashed!"));
  victim.reset();
}

namespace {

std::sig_atomic_t g_seen = 0;
std::jmp_buf g_back;

}  // namespace

TEST_CASE("a signal that no plugin raised goes to the handler that was there before") {
  struct sigaction mine {};
  mine.sa_handler = [](int) {
    g_seen = g_seen + 1;
    std::longjmp(g_back, 1);
  };
  mine.sa_flags = SA_NODEFER;
  struct sigaction before {};
  REQUIRE(::sigaction(SIGILL, &mine, &before) == 0);
  {
    Sandbox box(0, faulty());
    Plugin plugin = box.load(module("export const ping = () => 1;"));
    CHECK(ask<int>(plugin, "ping") == 1);
    if (setjmp(g_back) == 0) __builtin_trap();
    CHECK(g_seen == 1);
    CHECK(ask<int>(plugin, "ping") == 1);
  }
  ::sigaction(SIGILL, &before, nullptr);
}
