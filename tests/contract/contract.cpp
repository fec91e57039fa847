#include <cloche/audit_log.h>
#include <cloche/json.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "contract/stage.h"

namespace cloche::contract {
namespace {

const Capability& capability_of(const World& world, const Entry& entry) {
  const Capability* found = world.registry()->find(entry.capability);
  if (found == nullptr) throw std::invalid_argument("there is no capability " + entry.capability);
  return *found;
}

Decision prompted(const Entry& entry) {
  Decision decision;
  decision.capability = entry.capability;
  decision.prompt = true;
  return decision;
}

template <class Check>
void for_each_entry(Check check) {
  for (std::size_t i = 0, count = entries(World()).size(); i < count; ++i) {
    World world;
    const Entry entry = entries(world).at(i);
    CAPTURE(entry.capability);
    check(world, entry);
  }
}

TEST_CASE("every capability that is registered is put to the test") {
  const World world;
  const auto all = entries(world);
  for (const auto& capability : world.registry()->capabilities()) {
    const auto count = std::ranges::count(all, capability->entry.id, &Entry::capability);
    CHECK_MESSAGE(count == 1, capability->entry.id, ": give it an entry in tests/contract/entries.cpp");
  }
  CHECK(all.size() == world.registry()->capabilities().size());
}

TEST_CASE(
    "without a grant there is no function, or one that answers not_capable where there may be a grant yet") {
  for_each_entry([](World& world, const Entry& entry) {
    const Capability& capability = capability_of(world, entry);
    REQUIRE(Stage(world, entry).run(entry.inside));
    Stage nothing(world, entry, testing::grants_of({}));
    for (const HostFunction& function : capability.functions)
      CHECK((nothing.find(function.info.name) == nullptr) == !capability.entry.implicit);
    if (capability.entry.implicit) return;
    Grants grants = testing::grants_of({});
    grants.decisions.push_back(prompted(entry));
    Stage asked(world, entry, std::move(grants));
    CHECK(asked.run(entry.inside).error().code() == Errc::not_capable);
  });
}

TEST_CASE("what is outside of the scope is denied, by the name of the capability") {
  for_each_entry([](World& world, const Entry& entry) {
    REQUIRE(capability_of(world, entry).entry.scope.empty() == !entry.rule);
    if (!entry.rule) return;
    Stage stage(world, entry);
    const Value inside = stage.run(entry.inside).value();
    if (entry.outside) {
      const Error error = stage.run(*entry.outside).error();
      CHECK(error.code() == Errc::not_capable);
      const std::string module(capability_of(world, entry).entry.module());
      CHECK_MESSAGE(error.message().find(module) != std::string::npos, error.message());
    }
    for (const bool denies : {false, true}) {  // a layer that allows nothing, and one that denies the rule
      if (denies && !entry.outside) continue;
      Grants grants = Stage::granted(entry);
      ScopeSet& set = (denies ? grants.granted[0].deny : grants.granted[0].allow).emplace_back();
      if (denies) set.rules.push_back(*entry.rule);
      const auto result = Stage(world, entry, std::move(grants)).run(entry.inside);
      CHECK((entry.outside ? !result && result.error().code() == Errc::not_capable : *result != inside));
    }
  });
}

TEST_CASE(
    "a call under way ends with not_capable when the capability is revoked, and so does every later one") {
  for_each_entry([](World& world, const Entry& entry) {
    Stage stage(world, entry);
    const BoundFunction* saved = stage.find(entry.inside.function);
    Interruption services([&] { stage.revoke(); });
    const auto result = stage.run(entry.waits.value_or(entry.inside), services);
    if (entry.waits) REQUIRE(services.came());
    if (services.came()) {
      CHECK(result.error().code() == Errc::not_capable);
    } else {
      stage.revoke();  // none of its functions takes long enough for that to come between
    }
    Interruption later;
    CHECK(testing::Caller::call(*saved, entry.inside.arguments, later).error().code() == Errc::not_capable);
    world.answers.settle_all(Value("late"));
    world.decisions.settle_all(Permission::granted);
  });
}

TEST_CASE("a call under way ends when it is cancelled, and the next one works") {
  for_each_entry([](World& world, const Entry& entry) {
    Stage stage(world, entry);
    Interruption services;
    Interruption cancelling([&] { cancelling.cancel(); });
    const auto result = stage.run(entry.waits.value_or(entry.inside), cancelling);
    if (entry.waits) CHECK(result.error().code() == Errc::cancelled);
    if (!entry.waits && !result) CHECK(result.error().code() == Errc::cancelled);
    CHECK(stage.run(entry.inside, services));
    world.answers.settle_all(Value("late"));
  });
}

// A Date is what no function wants but one that takes any value.
TEST_CASE("arguments of a wrong type are told by function and parameter") {
  for_each_entry([](World& world, const Entry& entry) {
    Stage stage(world, entry);
    for (const HostFunction& function : capability_of(world, entry).functions) {
      const auto& parameters = function.info.parameters;
      if (parameters.empty() || parameters.front().type.starts_with("any")) continue;
      const Error error =
          stage.run({function.info.name, std::vector<Value>(parameters.size(), Value(Date{0}))}).error();
      CHECK_MESSAGE(error.code() == Errc::invalid_argument, function.info.name);
      CHECK_MESSAGE(
          error.message().starts_with(function.info.name + ": argument 1 (" + parameters.front().name),
          error.message());
    }
  });
}

TEST_CASE("a plugin that goes while it waits leaves nothing behind, and nothing of it is called") {
  for_each_entry([](World& world, const Entry& entry) {
    const auto ear = std::make_shared<testing::Ear>();
    {
      Stage stage(world, entry);
      if (entry.leaves) {
        Use leaves = *entry.leaves;
        leaves.arguments.emplace_back(Function(ear));
        REQUIRE(stage.run(leaves));
        entry.poke(world);
        REQUIRE(ear->heard.size() == 1);
      }
      Interruption services([&] {
        services.cancel();
        stage.end();
      });
      static_cast<void>(stage.run(entry.waits.value_or(entry.inside), services));
      if (!services.came()) stage.end();
      if (entry.poke) entry.poke(world);
      CHECK(ear->heard.size() <= 1);
    }
    if (entry.poke) entry.poke(world);
    world.answers.settle_all(Value("late"));
    world.decisions.settle_all(Permission::granted);
    CHECK(ear->heard.size() <= 1);
    CHECK(ear.use_count() == 1);
  });
}

// As the sandbox has it recorded.
AuditEvent event_of(const Entry& entry, const Use& use, const Call::Notes& notes,
                    const Result<Value>& result) {
  AuditEvent event;
  event.kind = result ? AuditEvent::Kind::allow : AuditEvent::Kind::deny;
  event.plugin = "com.acme.test";
  event.capability = entry.capability;
  event.function = use.function;
  event.subject = notes.subject;
  event.rule = notes.rule;
  if (!result) event.outcome = result.error().code();
  return event;
}

TEST_CASE("the audit is told what a call was about, and by which rule it was let through or that none did") {
  for_each_entry([](World& world, const Entry& entry) {
    if (!entry.outside) return;
    Stage stage(world, entry);
    const auto log = AuditLog::open({.file = world.folder.path() / "audit.jsonl"}).value();
    for (const Use& use : {entry.inside, *entry.outside}) {
      Call::Notes notes;
      const auto result = stage.run(use, &notes);
      CHECK_FALSE(notes.subject.empty());
      CHECK(notes.rule.empty() == !result);
      log->record(event_of(entry, use, notes, result));
    }
    REQUIRE(log->flush());
    std::istringstream lines(world.folder.get("audit.jsonl"));
    std::string line;
    for (const char* outcome : {"ok", "not_capable"}) {
      REQUIRE(std::getline(lines, line));
      const Value written = parse_json(line).value();
      CHECK(*written.find("capability") == Value(entry.capability));
      CHECK(*written.find("outcome") == Value(outcome));
      CHECK(written.find("subject") != nullptr);
    }
  });
}

}  // namespace
}  // namespace cloche::contract
