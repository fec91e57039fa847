#include "problems.h"
#include "scope_types.h"
#include "shown.h"

#include <algorithm>
#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <cloche/text.h>

namespace cloche {
namespace {

class CapabilityChecker {
 public:
  CapabilityChecker(const Catalogue& catalogue, Errc code) : catalogue_(catalogue), problems_(code, {}) {}

  Result<void> take() {
    if (problems_.empty()) return {};
    return problems_.take();
  }

  void check(const CapabilityRequest& request) {
    if (problems_.full()) return;
    const CatalogueEntry* entry = catalogue_.find(request.id);
    if (entry == nullptr) return problems_.add(request.where, unknown(request.id));
    if (!request.has_allow && !entry->scope.empty()) problems_.add(request.where, without_allow(*entry));
    check_scope(request.allow, *entry, RuleUse::allow);
    check_scope(request.deny, *entry, RuleUse::deny);
  }

  void check(const ScopedCapability& capability, RuleUse use, const SourceLocation& where) {
    if (problems_.full()) return;
    if (const CatalogueEntry* entry = catalogue_.find(capability.pattern)) {
      if (!capability.has_scope && !entry->scope.empty()) problems_.add(where, without_allow(*entry));
      return check_scope(capability.scope, *entry, use);
    }
    const bool exact = capability.pattern.find('*') == std::string::npos;
    if (exact) return problems_.add(where, unknown(capability.pattern));
    for (const ScopeRule& rule : capability.scope.rules) check_pattern_rule(rule, capability.pattern, use);
  }

  void check(const ScopeSet& deny, const std::string& pattern, const SourceLocation& where) {
    ScopedCapability capability{pattern, true, deny};
    check(capability, RuleUse::deny, where);
  }

  // Dependencies may be handed capabilities too.
  void check_inherited(const Manifest::Dependency& dependency) {
    for (const std::string& id : dependency.inherit) {
      if (!problems_.full() && catalogue_.find(id) == nullptr) problems_.add(dependency.where, unknown(id));
    }
  }

 private:
  [[nodiscard]] Complain complain() {
    return [this](const SourceLocation& where, std::string message) {
      problems_.add(where, std::move(message));
    };
  }

  void check_scope(const ScopeSet& set, const CatalogueEntry& entry, RuleUse use) {
    if (entry.scope.empty() && !set.rules.empty()) {
      return problems_.add(set.rules.front().where,
                           entry.id + " takes no scope; write \"*\", or leave the scope out");
    }
    for (const ScopeRule& rule : set.rules) {
      if (problems_.full()) return;
      (void)typed_rule(rule, entry, use, complain());
    }
  }

  // A rule under `fs.*` has to fit one facet of fs; which one does not matter here.
  void check_pattern_rule(const ScopeRule& rule, const std::string& pattern, RuleUse use) {
    const CatalogueEntry* first = nullptr;
    for (const CatalogueEntry& entry : catalogue_.entries) {
      if (!capability_matches(pattern, entry.id) || entry.scope.empty()) continue;
      if (typed_rule(rule, entry, use, [](const SourceLocation&, const std::string&) {})) return;
      if (first == nullptr) first = &entry;
    }
    if (first != nullptr && !problems_.full()) (void)typed_rule(rule, *first, use, complain());
  }

  static std::string without_allow(const CatalogueEntry& entry) {
    std::string fields;
    for (const ScopeField& field : entry.scope) fields += (fields.empty() ? "" : ", ") + field.name;
    return "without allow, " + entry.id +
           " grants nothing; write allow: \"*\" for everything, or rules with " + fields;
  }

  [[nodiscard]] std::string unknown(const std::string& id) const {
    const std::string message = "this host has no capability " + shown(id) + "; ";
    std::string facets;
    std::vector<std::string_view> ids;
    for (const CatalogueEntry& entry : catalogue_.entries) {
      ids.push_back(entry.id);
      if (entry.module() == id) facets += (facets.empty() ? "" : " or ") + shown(entry.id);
    }
    if (!facets.empty()) return message + "ask for " + facets;
    const std::string_view near = nearest(id, ids);
    if (!near.empty()) return message + "did you mean " + shown(near) + "?";
    std::string all;
    for (const std::string_view known : ids) all += (all.empty() ? "" : ", ") + std::string(known);
    return message + "it has " + (all.empty() ? "none" : all);
  }

  const Catalogue& catalogue_;
  Problems problems_;
};

void check_rules(CapabilityChecker& checker, const std::vector<PolicyRule>& rules) {
  for (const PolicyRule& rule : rules) {
    for (const ScopedCapability& denied : rule.deny) {
      checker.check(denied, RuleUse::deny, denied.scope.origin.where);
    }
  }
}

}  // namespace

Result<void> check_capabilities(const Manifest& manifest, const Catalogue& catalogue) {
  CapabilityChecker checker(catalogue, Errc::manifest_invalid);
  for (const CapabilityRequest& request : manifest.required) checker.check(request);
  for (const CapabilityRequest& request : manifest.optional) checker.check(request);
  for (const auto& [id, dependency] : manifest.dependencies) checker.check_inherited(dependency);
  return checker.take();
}

Result<void> check_capabilities(const Policy& policy, const Catalogue& catalogue) {
  CapabilityChecker checker(catalogue, Errc::policy_invalid);
  for (const auto& [name, set] : policy.sets) {
    for (const ScopedCapability& entry : set) checker.check(entry, RuleUse::allow, entry.scope.origin.where);
  }
  check_rules(checker, policy.ceiling);
  check_rules(checker, policy.organisation);
  for (const Policy::UserGrant& grant : policy.grants) {
    checker.check(grant.capability, RuleUse::allow, grant.where);
    if (!grant.deny.rules.empty()) checker.check(grant.deny, grant.capability.pattern, grant.where);
  }
  return checker.take();
}

}  // namespace cloche
