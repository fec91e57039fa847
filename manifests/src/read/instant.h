#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace cloche::read {

/// `2027-01-01` (its first second) or `2027-01-01T12:00:00Z`, in UTC (RFC 3339 without fractions and
/// offsets).
std::optional<std::chrono::sys_seconds> read_instant(std::string_view text);

}  // namespace cloche::read
