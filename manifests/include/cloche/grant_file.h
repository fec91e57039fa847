#pragma once

#include <cloche/policy.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// What users decided, as a GrantStore keeps it: a policy of version 1 with nothing but `grants`, `revoked` and
/// `accepted`. For hosts that keep it elsewhere than in a file.
struct GrantFile {
  std::vector<Policy::UserGrant> grants;
  std::vector<Policy::Revocation> revoked;
  std::vector<AcceptedManifest> accepted;
};

/// Reads it from `text`; `file_name` is used in locations only. Pure; safe from any thread. Error:
/// `policy_invalid`, as of parse_policy(), also where `text` has other fields of a policy.
[[nodiscard]] Result<GrantFile> parse_grants(std::string_view text, std::string_view file_name);

/// `file` as parse_grants() reads it back, equal in all but locations and Policy::UserGrant::persisted. Pure. Error:
/// `invalid_argument`, where that cannot be: a text with control characters, a plugin id that is none, more
/// entries than a file may have. In memory, a grant may have those.
[[nodiscard]] Result<std::string> format_grants(const GrantFile& file);

}  // namespace cloche
