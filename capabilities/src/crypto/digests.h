#pragma once

#include <cloche/result.h>
#include <cloche/value.h>
#include <span>
#include <string_view>

namespace cloche::crypto {

/// `algorithm` is "SHA-1", "SHA-256", "SHA-384" or "SHA-512", in any case, as Web Cryptography names them. Any thread.
/// Error: `invalid_argument`.
[[nodiscard]] Result<Bytes> digest(std::string_view algorithm, std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<Bytes> hmac(std::string_view algorithm, std::span<const std::uint8_t> key,
                                 std::span<const std::uint8_t> bytes);

/// Whether they are the same, in a time that depends on nothing but their lengths.
[[nodiscard]] bool timing_safe_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace cloche::crypto
