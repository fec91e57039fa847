#pragma once

#include <algorithm>
#include <cloche/grants.h>
#include <cloche/policy_rule.h>

namespace cloche {

/// Whether two scopes say the same in the same words and order, wherever they stand.
inline bool same_scope(const ScopeSet& a, const ScopeSet& b) {
  return a.everything == b.everything &&
         std::equal(a.rules.begin(), a.rules.end(), b.rules.begin(), b.rules.end(),
                    [](const ScopeRule& x, const ScopeRule& y) { return x.fields == y.fields; });
}

inline bool same_capability(const ScopedCapability& a, const ScopedCapability& b) {
  return a.pattern == b.pattern && a.has_scope == b.has_scope && same_scope(a.scope, b.scope);
}

}  // namespace cloche
