#pragma once

#include <chrono>
#include <cloche/limits.h>
#include <cloche/result.h>
#include <string>
#include <string_view>

namespace cloche {

/// Reads a size as people write it: a whole number and B, KiB, MiB, GiB, TiB (powers of 1024) or kB, KB, MB,
/// GB, TB (powers of 1000), such as `64MiB`. A bare number is refused: nobody can tell what it counts. Error:
/// `invalid_argument`.
[[nodiscard]] Result<ByteCount> parse_size(std::string_view text);

/// Reads a duration: a whole number and ns, us, ms, s, m or h, such as `50ms`. Error: `invalid_argument`.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// `text` that parse_size() reads back as `size`, in the largest unit that loses nothing: `64MiB`, `1000B`.
std::string format_size(ByteCount size);

/// `text` that parse_duration() reads back as `duration` (not negative), in the largest unit that loses
/// nothing.
std::string format_duration(Duration duration);

/// Reads `2027-01-01` (its first second) or `2027-01-01T12:00:00Z`, in UTC (RFC 3339 without fractions and offsets).
/// Error: `invalid_argument`.
[[nodiscard]] Result<std::chrono::sys_seconds> parse_instant(std::string_view text);

/// `text` that parse_instant() reads back as `instant`, the shorter of the two forms where that loses nothing. Years
/// beyond 9999 have no such form.
std::string format_instant(std::chrono::sys_seconds instant);

}  // namespace cloche
