#pragma once

// How ECMAScript writes its primitive values as text.

#include <cloche/value.h>
#include <optional>
#include <string>

namespace cloche::text {

/// Number::toString with radix 10 (ECMA-262, 6.1.6.1.20): the shortest digits that read back as the same
/// number; -0 is "0".
std::string number_text(double number);

/// Date.prototype.toISOString (ECMA-262, 21.4.4.36); nothing for an invalid date.
std::optional<std::string> date_text(double milliseconds);

/// The decimal digits of `big`. Converting takes time quadratic in its length, so one above kMaxDecimalWords
/// gives nothing.
std::optional<std::string> bigint_text(const BigInt& big);
inline constexpr std::size_t kMaxDecimalWords = 1024;

/// `0x…` digits of `big`, of any length.
std::string bigint_hex(const BigInt& big);

/// The inverse of bigint_text; nothing when `digits` is no decimal integer of at most kMaxDecimalWords words.
std::optional<BigInt> parse_bigint(std::string_view digits);

/// Whether `name` can stand as a property name without quotes: ASCII letters, digits, '_' and '$', no digit
/// first.
bool is_identifier(std::string_view name) noexcept;

/// At most `limit` bytes of `text`, cut between code points, with an ellipsis where something is missing, and
/// with control characters made visible: a plugin's text, fit for an error message.
std::string excerpt(std::string_view text, std::size_t limit);

}  // namespace cloche::text
