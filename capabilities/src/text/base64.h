#pragma once

#include <cloche/value.h>
#include <optional>
#include <string>
#include <string_view>

namespace cloche::text {

/// RFC 4648, section 4, with padding.
std::string base64(const Bytes& bytes);

/// The inverse; nothing when `text` is not exactly what base64 would write.
std::optional<Bytes> parse_base64(std::string_view text);

}  // namespace cloche::text
