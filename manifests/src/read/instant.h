#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cloche::read {

/// `2027-01-01` (its first second) or `2027-01-01T12:00:00Z`, in UTC (RFC 3339 without fractions and
/// offsets).
std::optional<std::chrono::sys_seconds> read_instant(std::string_view text);

/// `instant` as read_instant() reads it, in the shorter of the two forms where that loses nothing. Years beyond
/// 9999 have no such form.
std::string format_instant(std::chrono::sys_seconds instant);

}  // namespace cloche::read
