#pragma once

#include <cloche/grants.h>
#include <string>

namespace cloche {

/// What using an optional capability does where it was not granted.
enum class WhenDenied : std::uint8_t { throw_error, ignore };

/// A capability a manifest asks for.
struct CapabilityRequest {
  std::string id;
  std::string reason;  ///< the plugin's own words, as written: escape_controls() before showing them
  /// Whether `allow` was written at all. Without it a capability that has a scope is asked for in vain.
  bool has_allow = false;
  ScopeSet allow;  ///< texts are as written: sizes and durations become numbers only in resolve()
  ScopeSet deny;
  WhenDenied when_denied = WhenDenied::throw_error;
  SourceLocation where;
};

}  // namespace cloche
