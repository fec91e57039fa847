#pragma once

#include <cloche/result.h>
#include <string_view>

namespace cloche {

/// Whether `text` has the SHA-256 digest `expected`, written "sha256-" and base64 (Subresource Integrity,
/// section 3.1). Error: `not_supported` where this build has no libsodium to compute it with.
[[nodiscard]] Result<bool> has_digest(std::string_view text, std::string_view expected);

}  // namespace cloche
