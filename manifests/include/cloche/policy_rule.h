#pragma once

#include <cloche/grants.h>
#include <cloche/limit_requests.h>
#include <cloche/semver.h>
#include <optional>
#include <string>
#include <vector>

namespace cloche {

/// Which plugins something is about: those that every field given agrees with.
struct PluginMatch {
  std::string plugin = "*";                  ///< an id, in which '*' stands for any characters
  std::optional<std::string> publisher_key;  ///< "none": plugins without a key
  std::optional<VersionRange> version;
};

/// A capability pattern and a scope: `storage`, `fs.*` (every facet of fs) or `*`.
struct ScopedCapability {
  std::string pattern;
  bool has_scope = false;  ///< whether a scope was written at all
  ScopeSet scope;          ///< texts are as written
};

/// What the ceiling or the organisation says about the plugins that match. It only ever narrows.
struct PolicyRule {
  PluginMatch match;
  /// Where there is one: no capabilities but those of these sets of Policy::sets, within their scopes. What
  /// several entries say of one capability is added up; a set that does not exist adds nothing.
  std::optional<std::vector<std::string>> max;
  std::vector<ScopedCapability> deny;
  LimitRequests limits;
  std::optional<Isolation> isolation_at_least;
  bool locked = false;  ///< the user may not be asked to decide otherwise
  SourceLocation where;
};

/// Whether `pattern` (`fs.read`, `fs.*`, `*`) stands for `capability`.
[[nodiscard]] bool capability_matches(std::string_view pattern, std::string_view capability) noexcept;

/// Whether `pattern`, in which '*' stands for any characters, stands for the whole of `text`. Linear in
/// practice, quadratic at worst.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace cloche
