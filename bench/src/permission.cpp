// What it costs to find out whether a plugin may do what it asks for.

#include <cloche/bindings.h>
#include <cloche/policy_rule.h>
#include <cloche/registry.h>
#include <cloche/rule_scope.h>
#include <cloche/thread_services.h>
#include <cloche/value_boundary.h>
#include <memory>
#include <string>

#include "measure.h"

namespace cloche::bench {
namespace {

constexpr std::size_t kChecks = 100'000;

struct NameRule {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(NameRule, (), (name))

bool matches(const NameRule& rule, const std::string& name) { return glob_matches(rule.name, name); }

using NameScope = RuleScope<NameRule, std::string>;

Grant grant_of(const std::vector<std::string>& names) {
  ScopeSet set;
  for (const std::string& name : names) set.rules.push_back({{{"name", name}}, {}, {}});
  return {"bench", {set}, {}};
}

// Nanoseconds a check, as a host function sees it: whether the grant still stands, and whether a rule matches.
Figure check(const char* row, const std::vector<std::string>& names, const std::string& asked) {
  double seconds_taken = 0;
  Registry registry;
  registry.define("bench")
      .scope<NameRule>([](const NameRule& rule, const std::string& name) { return matches(rule, name); })
      .sync("check", [&](Call& call) {
        auto& scope = call.scope<NameScope>();
        std::size_t allowed = 0;
        seconds_taken = seconds([&] {
          for (std::size_t i = 0; i < kChecks; ++i) {
            allowed += call.live() && scope.admit(call, asked, asked).has_value() ? 1 : 0;
          }
        });
        return static_cast<double>(allowed);
      });
  Grants grants;
  grants.granted = {grant_of(names)};
  const Bindings bindings = bind(std::make_shared<const Registry>(std::move(registry)), std::move(grants),
                                 {"com.example.bench", "", ""})
                                .value();
  const BoundFunction& function = *bindings.find("bench")->find("check");
  ThreadServices services;
  std::vector<double> rounds;
  for (int round = 0; round < 41; ++round) {
    PlainReader reader;
    PlainWriter writer;
    Invocation invocation{reader, writer, {}};
    Call call = function.call(services);
    const auto& body = std::get<std::unique_ptr<SyncFunction>>(function.function->body);
    if (body->call(invocation, call).number != kChecks)
      throw std::runtime_error("the benchmark was not let in");
    rounds.push_back(seconds_taken / kChecks * 1e9);
  }
  return {row, median(rounds), "ns", {}};
}

Figure exact() { return check("permission_exact", {"editor.selection"}, "editor.selection"); }

Figure twenty_patterns() {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("editor.*.part" + std::to_string(i) + ".*");
  return check("permission_20_patterns", names, "editor.document.part19.title");
}

}  // namespace

std::vector<Case> permission_cases() {
  return {{"permission_exact", exact}, {"permission_20_patterns", twenty_patterns}};
}

}  // namespace cloche::bench
