#include "policy_layers.h"

#include "grant_text.h"

#include <cloche/text.h>
#include <cloche/units.h>
#include <type_traits>
#include <utility>

namespace cloche::cli {
namespace {

std::string_view word(Policy::Verdict verdict) {
  switch (verdict) {
    case Policy::Verdict::deny: return "deny";
    case Policy::Verdict::allow: return "allow";
    case Policy::Verdict::prompt: return "prompt";
  }
  return "deny";
}

void add_default(std::vector<PolicyLine>& lines, const Policy::Defaults& defaults, const char* field,
                 std::string_view value) {
  const auto said = defaults.said.find(field);
  const bool found = said != defaults.said.end();
  lines.push_back(
      {Layer::defaults, found ? said->second : SourceLocation(),
       std::string(field) + " " + std::string(value) + (found ? "" : ", as nothing says otherwise")});
}

void add_defaults(std::vector<PolicyLine>& lines, const Policy::Defaults& defaults) {
  add_default(lines, defaults, "unlisted", word(defaults.unlisted));
  add_default(lines, defaults, "optional", word(defaults.optional));
  add_default(lines, defaults, "prompt_timeout", word(defaults.prompt_timeout));
  add_default(lines, defaults, "no_ui", word(defaults.no_ui));
  add_default(lines, defaults, "isolation_at_least", to_string(defaults.isolation_at_least));
}

std::string limits_text(const LimitRequests& limits) {
  std::string text;
  each_limit([&](std::string_view name, auto request, auto) {
    const auto& value = limits.*request;
    if (!value) return;
    text += "; " + std::string(name) + " at most ";
    if constexpr (std::is_same_v<std::decay_t<decltype(*value)>, Duration>) {
      text += format_duration(*value);
    } else {
      const bool count =
          name == "timers" || name == "pending" || name == "mailbox" || name == "host_calls_per_second";
      text += count ? std::to_string(*value) : format_size(*value);
    }
  });
  return text;
}

std::string max_text(const std::vector<std::string>& sets, const Policy& policy) {
  std::string text;
  for (const std::string& name : sets) {
    const auto set = policy.sets.find(name);
    if (set == policy.sets.end()) continue;
    for (const ScopedCapability& capability : set->second) {
      text += (text.empty() ? "" : ", ") + capability.pattern + " " + scope_text(capability);
    }
  }
  return "; at most " + (text.empty() ? "nothing" : text);
}

std::string rule_text(const PolicyRule& rule, const Policy& policy) {
  std::string text;
  if (rule.max) text += max_text(*rule.max, policy);
  for (const ScopedCapability& denied : rule.deny)
    text += "; never " + denied.pattern + " " + scope_text(denied);
  text += limits_text(rule.limits);
  if (rule.isolation_at_least)
    text += "; isolation at least " + std::string(to_string(*rule.isolation_at_least));
  if (rule.locked) text += "; the user is not asked";
  return match_text(rule.match) + ": " + (text.empty() ? "says nothing" : text.substr(2));
}

}  // namespace

std::vector<PolicyLine> lines_of(const Policy& policy) {
  std::vector<PolicyLine> lines;
  add_defaults(lines, policy.defaults);
  for (const PolicyRule& rule : policy.ceiling)
    lines.push_back({Layer::ceiling, rule.where, rule_text(rule, policy)});
  for (const PolicyRule& rule : policy.organisation)
    lines.push_back({Layer::organisation, rule.where, rule_text(rule, policy)});
  for (const Policy::UserGrant& grant : policy.grants)
    lines.push_back({Layer::grant, grant.where, match_text(grant.match) + ": " + grant_text(grant)});
  for (const Policy::Revocation& revoked : policy.revoked)
    lines.push_back({Layer::revocation, revoked.where, match_text(revoked.match) + ": must not run"});
  return lines;
}

}  // namespace cloche::cli
