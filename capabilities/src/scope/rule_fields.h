#pragma once

#include <cloche/grants.h>
#include <string_view>

namespace cloche {

/// The field `name` of a rule as a T, one of ScopeValue's; null when the rule does not have it. Its type is what the
/// catalogue says, for rules are checked against that when they are read.
template <class T>
[[nodiscard]] const T* rule_field(const ScopeRule& rule, std::string_view name) {
  const auto found = rule.fields.find(name);
  return found == rule.fields.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace cloche
