#include "fs/file_scope.h"

#include <algorithm>
#include <utility>

#include "scope/rule_fields.h"

namespace cloche::fs {
namespace {

// Both match the same path, so one of them lies in the other.
const PathParts* innermost(const PathParts* a, const PathParts* b) {
  if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
  return a->size() < b->size() ? b : a;
}

Result<FileRule> compile(const ScopeRule& rule, const Folders& folders) {
  const auto* path = rule_field<std::string>(rule, "path");
  if (path == nullptr) return Error(Errc::invalid_argument, "a rule for files needs a path");
  auto pattern = PathPattern::parse(*path, folders);
  if (!pattern) return pattern.error();
  const auto* limit = rule_field<std::uint64_t>(rule, "max_bytes");
  const auto* quota = rule_field<std::uint64_t>(rule, "quota");
  return FileRule(*path, std::move(*pattern), limit == nullptr ? Limits::kUnlimited : *limit,
                  quota == nullptr ? Limits::kUnlimited : *quota);
}

}  // namespace

void FileRule::Bounds::widen(const Bounds& other) {
  max_bytes = std::max(max_bytes, other.max_bytes);
  root = innermost(root, other.root);
  quota.widen(other.quota);
}

void FileRule::Bounds::narrow(const Bounds& other) {
  max_bytes = std::min(max_bytes, other.max_bytes);
  root = innermost(root, other.root);
  quota.narrow(other.quota);
}

Result<FileScope> FileScope::make(const Grant& grant, Folders folders) {
  auto rules =
      Conjunction<FileRule>::make(grant, [&](const ScopeRule& rule) { return compile(rule, folders); });
  if (!rules) return rules.error();
  return FileScope(grant.capability, std::move(folders), std::move(*rules));
}

std::optional<FileScope::Permit> FileScope::permit(const PathParts& path) const {
  static const PathParts kEverywhere;
  const auto permit = rules_.permit(path);
  if (!permit) return std::nullopt;
  const PathParts* root = permit->bounds.root;
  return Permit{root == nullptr ? kEverywhere : *root, permit->bounds.max_bytes, permit->bounds.quota,
                permit->rule};
}

}  // namespace cloche::fs
