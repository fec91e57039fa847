#pragma once

#include "shown.h"

#include <cloche/semver.h>
#include <optional>

namespace cloche {

/// What is longer is no version or range anybody would write.
inline constexpr std::size_t kMaxVersionText = 256;

/// A number of a version: no leading zero, at most 2^53 - 1.
std::optional<std::uint64_t> read_version_number(std::string_view text) noexcept;

/// Reads `-rc.1+build` (or nothing) into `version`; false when it is malformed.
bool read_version_suffix(std::string_view text, Version& version);

}  // namespace cloche
