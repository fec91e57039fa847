#include "fs/file_scope.h"

#include <algorithm>

namespace cloche::fs {

Result<std::vector<FileScope::Set>> FileScope::compile(const std::vector<ScopeSet>& sets,
                                                       const Folders& folders) {
  std::vector<Set> compiled;
  for (const ScopeSet& set : sets) {
    Set& out = compiled.emplace_back();
    out.everything = set.everything;
    for (const ScopeRule& rule : set.rules) {
      const auto path = rule.fields.find("path");
      const auto* text = path == rule.fields.end() ? nullptr : std::get_if<std::string>(&path->second);
      if (text == nullptr)
        return Error(Errc::invalid_argument, "a rule for files needs a path").at(rule.where);
      auto pattern = PathPattern::parse(*text, folders);
      if (!pattern) return Error(pattern.error()).at(rule.where);
      const auto limit = rule.fields.find("max_bytes");
      const auto* bytes = limit == rule.fields.end() ? nullptr : std::get_if<std::uint64_t>(&limit->second);
      out.rules.push_back({std::move(*pattern), bytes == nullptr ? Limits::kUnlimited : *bytes});
    }
  }
  return compiled;
}

Result<FileScope> FileScope::make(const Grant& grant, Folders folders) {
  FileScope scope;
  scope.capability_ = grant.capability;
  scope.folders_ = std::move(folders);
  auto allow = compile(grant.allow, scope.folders_);
  if (!allow) return allow.error();
  auto deny = compile(grant.deny, scope.folders_);
  if (!deny) return deny.error();
  scope.allow_ = std::move(*allow);
  scope.deny_ = std::move(*deny);
  return scope;
}

// Of several rules of one layer the widest size counts, for any of them would do; of all rules the innermost
// root.
bool FileScope::allows(const Set& set, const PathParts& path, Permit& permit) {
  if (set.everything) return true;
  bool allowed = false;
  std::uint64_t widest = 0;
  for (const Rule& rule : set.rules) {
    if (!rule.pattern.matches(path)) continue;
    allowed = true;
    widest = std::max(widest, rule.max_bytes);
    if (rule.pattern.root().size() > permit.root.size()) permit.root = rule.pattern.root();
  }
  permit.max_bytes = std::min(permit.max_bytes, widest);
  return allowed;
}

bool FileScope::denies(const Set& set, const PathParts& path) {
  return set.everything ||
         std::ranges::any_of(set.rules, [&](const Rule& rule) { return rule.pattern.covers(path); });
}

std::optional<FileScope::Permit> FileScope::permit(const PathParts& path) const {
  Permit permit;
  if (allow_.empty()) return std::nullopt;
  for (const Set& set : allow_) {
    if (!allows(set, path, permit)) return std::nullopt;
  }
  for (const Set& set : deny_) {
    if (denies(set, path)) return std::nullopt;
  }
  return permit;
}

}  // namespace cloche::fs
