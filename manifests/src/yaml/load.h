#pragma once

#include "node.h"

#include <cloche/result.h>

namespace cloche::yaml {

/// What a text may hold; more is refused before it costs anything.
inline constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 100'000;

/// Reads one YAML document. Refused, with the place and what to write instead: what is not UTF-8 or has
/// control characters, more than one document, duplicate keys, keys that are no texts, anchors, aliases,
/// tags, merges, directives, plain scalars that YAML 1.1 and 1.2 read differently, and anything beyond the
/// limits above. Errors have the code `code` and a location in `file`.
[[nodiscard]] Result<Node> load(std::string_view text, std::string_view file, Errc code);

}  // namespace cloche::yaml
