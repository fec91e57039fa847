#pragma once

#include <cloche/grants.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cloche::testing {

/// A rule with these fields, and sets of rules.
inline ScopeRule rule_of(std::map<std::string, ScopeValue> fields) {
  ScopeRule rule;
  for (auto& [name, value] : fields) rule.fields.emplace(name, std::move(value));
  return rule;
}
inline ScopeSet set_of(std::vector<ScopeRule> rules) {
  ScopeSet set;
  set.rules = std::move(rules);
  return set;
}
using Texts = std::vector<std::string>;

}  // namespace cloche::testing
