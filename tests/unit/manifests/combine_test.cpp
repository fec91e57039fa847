#include "result_text.h"
#include "samples.h"

#include <algorithm>
#include <cloche/resolve.h>

namespace {

using cloche::Policy;
using Verdict = Policy::Verdict;

Policy policy(std::string_view rest, const char* file = "policy.yaml") {
  return cloche::parse_policy("policy_version: 1\n" + std::string(rest) + "\n", file).value();
}

Policy combined(std::vector<Policy> policies) { return Policy::combine(std::move(policies)).value(); }

}  // namespace

TEST_CASE("rules, grants and revocations of several policies add up") {
  const Policy all =
      combined({policy("ceiling: [{deny: [{id: exec}]}]", "host.yaml"),
                policy("ceiling: [{deny: [{id: log}]}]\norganisation: [{locked: true}]", "org.yaml"),
                policy("grants: [{plugin: a.b, capability: log}]\nrevoked: [{plugin: c.d}]", "user.yaml")});
  REQUIRE(all.ceiling.size() == 2);
  CHECK(all.ceiling[0].where.file == "host.yaml");
  CHECK(all.ceiling[1].where.file == "org.yaml");
  CHECK(all.organisation.size() == 1);
  CHECK(all.grants.size() == 1);
  CHECK(all.revoked.size() == 1);
}

TEST_CASE("of each default the strictest word that is given counts") {
  const Policy allows = policy("defaults: {unlisted: allow, optional: allow}", "host.yaml");
  const Policy silent = policy("ceiling: []");
  const Policy prompts = policy("defaults:\n  optional: prompt\n  isolation_at_least: process", "org.yaml");
  Policy all = combined({allows, silent});
  CHECK(all.defaults.unlisted == Verdict::allow);
  CHECK(all.defaults.optional == Verdict::allow);
  CHECK(all.defaults.no_ui == Verdict::deny);
  for (auto& both : {combined({allows, prompts}), combined({prompts, silent, allows})}) {
    CHECK(both.defaults.unlisted == Verdict::allow);
    CHECK(both.defaults.optional == Verdict::prompt);
    CHECK(both.defaults.isolation_at_least == cloche::Isolation::process);
    CHECK(both.defaults.said.at("optional") == cloche::SourceLocation{"org.yaml", 3, 13});
    CHECK(both.defaults.said.at("unlisted").file == "host.yaml");
    CHECK(both.defaults.said.at("isolation_at_least").file == "org.yaml");
  }
  CHECK(combined({allows, policy("defaults: {unlisted: deny}")}).defaults.unlisted == Verdict::deny);
  Policy code;  // made without a file
  code.allow_unlisted();
  CHECK(combined({silent, code}).defaults.unlisted == Verdict::allow);
  CHECK(combined({code, policy("defaults: {unlisted: prompt}")}).defaults.unlisted == Verdict::prompt);
  CHECK(combined({}).defaults.optional == Verdict::prompt);
}

TEST_CASE("a set's name means one set") {
  const char* one = "sets: {s: [{id: fs.read, allow: [{path: a}]}]}";
  CHECK(combined({policy(one), policy(one)}).sets.at("s").size() == 1);
  CHECK(combined({policy(one), policy("sets: {t: []}")}).sets.size() == 2);
  const auto clash = Policy::combine({policy(one, "host.yaml"), policy("sets: {s: []}", "org.yaml")});
  REQUIRE_FALSE(clash);
  CHECK(clash.error().code() == cloche::Errc::policy_invalid);
  CHECK(to_string(*clash.error().where()) == "org.yaml:2:8");
  CHECK(clash.error().message().find("host.yaml:2:8") != std::string::npos);
}

TEST_CASE("the first policy that names a file of audit has it") {
  const Policy all =
      combined({policy("audit: {events: [deny]}"), policy("audit: {file: a.jsonl, events: [grant]}"),
                policy("audit: {file: b.jsonl}")});
  CHECK(all.audit.file == "a.jsonl");
  CHECK(all.audit.events == std::vector<std::string>{"grant"});
}

TEST_CASE("each decision under several policies names the file that made it") {
  const auto manifest =
      cloche::parse_manifest(
          small_manifest(
              "capabilities: {required: [{id: fs.read, allow: [{path: a}]}, {id: log}, {id: storage}]}\n"),
          "plugin.yaml")
          .value();
  const Policy all =
      combined({policy("sets: {s: [{id: fs.read, allow: [{path: b}]}, {id: storage}]}\nceiling: [{max: [s]}]",
                       "host.yaml"),
                policy("defaults: {unlisted: deny}", "org.yaml"),
                policy("grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\"}]", "user.yaml")});
  const auto grants = resolve(manifest, all, sample_catalogue());
  const auto names = [&](const char* capability, cloche::Layer layer, const char* file) {
    const auto& steps = grants.decision(capability)->steps;
    return std::ranges::any_of(steps, [&](const cloche::DecisionStep& step) {
      return step.origin.layer == layer && step.origin.where.file == file;
    });
  };
  CHECK(names("fs.read", cloche::Layer::ceiling, "host.yaml"));
  CHECK(names("fs.read", cloche::Layer::grant, "user.yaml"));
  CHECK(names("log", cloche::Layer::ceiling, "host.yaml"));
  CHECK(names("storage", cloche::Layer::defaults, "org.yaml"));
}
