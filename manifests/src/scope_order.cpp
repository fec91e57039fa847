#include "scope_order.h"

#include "same_scope.h"
#include "scope_types.h"

#include <algorithm>
#include <cstdint>
#include <variant>

namespace cloche {
namespace {

const ScopeField* field_of(const CatalogueEntry& entry, const std::string& name) {
  const auto found = std::ranges::find(entry.scope, name, &ScopeField::name);
  return found == entry.scope.end() ? nullptr : &*found;
}

bool is_bound(ScopeKind kind) {
  return kind == ScopeKind::size || kind == ScopeKind::duration || kind == ScopeKind::count;
}

// A list is a set only where the field has choices: the list of a pattern's parts, say, is not wider the longer it
// is. No list may become empty, which a capability may take for all of them.
bool is_subset(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
  return !inner.empty() && std::ranges::all_of(inner, [&](const std::string& word) {
    return std::ranges::find(outer, word) != outer.end();
  });
}

bool value_within(const ScopeValue& inner, const ScopeValue& outer, const ScopeField* field) {
  if (inner == outer) return true;
  if (field == nullptr || inner.index() != outer.index()) return false;
  if (is_bound(field->kind)) return std::get<std::uint64_t>(inner) <= std::get<std::uint64_t>(outer);
  const bool set = field->kind == ScopeKind::text_list && !field->choices.empty();
  return set &&
         is_subset(std::get<std::vector<std::string>>(inner), std::get<std::vector<std::string>>(outer));
}

// A field that only one of the two rules has decides nothing: without it a capability's default counts, which may be
// more or less.
bool rule_within(const ScopeRule& inner, const ScopeRule& outer, const CatalogueEntry& entry) {
  return std::ranges::equal(inner.fields, outer.fields, [&](const auto& a, const auto& b) {
    return a.first == b.first && value_within(a.second, b.second, field_of(entry, a.first));
  });
}

bool allow_within(const CapabilityRequest& inner, const CapabilityRequest& outer,
                  const CatalogueEntry& entry) {
  const ScopeSet less = meant(inner.has_allow, inner.allow, entry);
  const ScopeSet more = meant(outer.has_allow, outer.allow, entry);
  if (more.everything || less.everything) return more.everything;
  return std::ranges::all_of(less.rules, [&](const ScopeRule& rule) {
    return std::ranges::any_of(more.rules,
                               [&](const ScopeRule& old) { return rule_within(rule, old, entry); });
  });
}

// Whether `more` denies whatever `less` denies.
bool denies_as_much(const ScopeSet& more, const ScopeSet& less) {
  if (more.everything || less.everything) return more.everything;
  return std::ranges::all_of(less.rules, [&](const ScopeRule& rule) {
    return std::ranges::find(more.rules, rule.fields, &ScopeRule::fields) != more.rules.end();
  });
}

bool same_words(const CapabilityRequest& a, const CapabilityRequest& b) {
  return a.has_allow == b.has_allow && same_scope(a.allow, b.allow);
}

}  // namespace

bool is_within(const CapabilityRequest& inner, const CapabilityRequest& outer, const CatalogueEntry* entry) {
  const bool allowed = entry == nullptr ? same_words(inner, outer) : allow_within(inner, outer, *entry);
  return allowed && denies_as_much(inner.deny, outer.deny);
}

}  // namespace cloche
