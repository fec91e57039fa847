#pragma once

#include <string>
#include <string_view>

namespace cloche {

/// Whether `text` has the SHA-256 digest `expected`, written "sha256-" and base64 (Subresource Integrity,
/// section 3.1).
[[nodiscard]] bool has_digest(std::string_view text, std::string_view expected);

/// The SHA-256 digest of `text`: "sha256:" and 64 hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace cloche
