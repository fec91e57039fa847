// What one of a trust group may do to the others, whose isolate it shares: use up time and memory, and no more.
#include "unit/sandbox/support.h"

#include <optional>

using namespace cloche;
using namespace cloche::testing;

namespace {

constexpr std::string_view kLimits = "limits: {heap: 32MiB, cpu_per_call: 20s, wall_per_call: 60s}\n";

Package member(const std::string& source, std::vector<std::string> capabilities = {}) {
  return module(source, std::move(capabilities), std::string(kLimits));
}

constexpr auto kVictim = R"(
  const secret = {word: "swordfish"};
  export const word = () => secret.word;
  export const sum = (list) => list.map((x) => x + 1).reduce((a, b) => a + b, 0);
  export const later = () => new Promise((done) => setTimeout(() => done([1, 2, 3].join()), 1));
  export const fail = () => { throw new TypeError("mine") };
)";

void check_unharmed(Plugin& victim) {
  CHECK(ask(victim, "word") == Value("swordfish"));
  CHECK(ask<int>(victim, "sum", std::vector<int>{1, 2, 3}) == 9);
  CHECK(ask(victim, "later") == Value("1,2,3"));
  CHECK(ask_error(victim, "fail").message().find("mine") != std::string::npos);
}

}  // namespace

TEST_CASE("one of a group that spoils, floods, loops or fills its heap leaves the others as they were") {
  for (const char* attack : {
           "for (const of of [Object, Array, Promise, Function, Map, Error]) for (const name of "
           "Reflect.ownKeys(of.prototype))"
           " try { of.prototype[name] = () => { throw 'spoiled' } } catch {}",
           "Error.prepareStackTrace = (error, sites) => { for (const site of sites) { const self = "
           "site.getThis?.();"
           " if (self) self.word = 'stolen' } return '' }; new Error().stack",
           "globalThis.setTimeout = globalThis.Promise = undefined; delete globalThis.Array",
           "for (;;) {}",
           "const again = () => Promise.resolve().then(again); again()",
           "const all = []; for (;;) all.push({all: [all.length]})",
           "new FinalizationRegistry(() => { for (;;) {} }).register({}, 0); for (let i = 0; i < 1e6; i++) "
           "[i]",
           "Object.prototype.then = function (done) { done('taken') }",
           "for (let i = 0; i < 500; i++) Promise.reject(new Error('flood'))",
       }) {
    CAPTURE(std::string(attack));
    Sandbox box(1);
    Plugin victim = box.load_shared(member(kVictim), "group").value();
    check_unharmed(victim);
    Plugin attacker =
        box.load_shared(member(std::string("export const f = () => { ") + attack + " };"), "group").value();
    static_cast<void>(attacker.call_with<Value>({.cpu = std::chrono::milliseconds(300)}, "f").get());
    check_unharmed(victim);
    CHECK(attacker.unload().get().has_value());
    check_unharmed(victim);
  }
}

TEST_CASE("what crosses between two of a group is a copy, of the receiver's own realm") {
  Registry registry;
  std::optional<Plugin> victim;
  registry.define("t").sync(
      "ask", [&](const Value& value) -> Result<Value> { return victim->call("take", value).get(); });
  Sandbox box(each_thread(), std::move(registry));
  victim = box.load_shared(member(R"(
    export const take = (value) => {
      value.changed = true;
      return {own: Object.getPrototypeOf(value) === Object.prototype && value.list instanceof Array, value};
    };
  )"),
                           "group")
               .value();
  Plugin attacker = box.load_shared(member(R"(
    import { ask } from 'cap:t';
    export const f = () => {
      const mine = {list: [1]};
      const answer = ask(mine);
      const reached = answer.constructor.constructor("return globalThis")() === globalThis;
      return {own: answer.own, same: answer.value === mine, changed: "changed" in mine, reached,
              proto: Object.getPrototypeOf(answer) === Object.prototype};
    };
  )",
                                           {"t"}),
                                    "group")
                        .value();
  CHECK(json(ask(attacker, "f")) ==
        R"({"own":true,"same":false,"changed":false,"reached":true,"proto":true})");
  victim.reset();
}

TEST_CASE("a group that the engine gives up ends whole, and nobody else does") {
  Sandbox box(1);
  Plugin outside = box.load(kVictim);
  Plugin other_group = box.load_shared(member(kVictim), "other").value();
  std::vector<Plugin> group;
  for (int i = 0; i < 3; ++i) {
    group.push_back(box.load_shared(member(std::string(kVictim) +
                                           "export const bomb = () => [...'.'.repeat(5e8)].length;"),
                                    "group")
                        .value());
  }
  CHECK(ask_error(group[1], "bomb").code() == Errc::crashed);
  for (Plugin& plugin : group) CHECK(plugin.call("word").get().error().code() == Errc::crashed);
  check_unharmed(outside);
  check_unharmed(other_group);
  Plugin anew = box.load_shared(member(kVictim), "group").value();
  check_unharmed(anew);
}

TEST_CASE("one of a group that waits to be unloaded is, when the group is given up meanwhile") {
  Events events;
  Sandbox box(1, blocking(events));
  Plugin outside = box.load(kVictim);
  Plugin bomb = box.load_shared(member("import { block } from 'cap:t';"
                                       "export const f = () => { block(); return [...'.'.repeat(5e8)].length };",
                                       {"t"}),
                                "group")
                    .value();
  Plugin leaving = box.load_shared(member(kVictim), "group").value();
  auto crash = bomb.call("f");
  events.wait_for("blocking");
  auto unloaded = leaving.unload();
  check_unharmed(outside);  // so that the other has begun to wait
  events.add("let go");
  CHECK(crash.get().error().code() == Errc::crashed);
  CHECK(unloaded.get().has_value());
}
