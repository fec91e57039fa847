#pragma once

#include <cloche/builtin/random.h>
#include <string>

namespace cloche::text {

/// A version 4 UUID (RFC 9562, section 5.4), in lower case. Error: that of the source.
[[nodiscard]] Result<std::string> random_uuid(const RandomSource& source);

}  // namespace cloche::text
