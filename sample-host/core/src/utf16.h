#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace workbench {

// JavaScript counts a string in UTF-16 code units, a Document keeps UTF-8: these convert between the two.

/// How many UTF-16 code units the UTF-8 `text` takes.
std::size_t utf16_length(std::string_view text) noexcept;

/// The byte at which the UTF-16 unit `offset` of `text` begins; nothing beyond the end or inside a surrogate
/// pair.
std::optional<std::size_t> byte_offset(std::string_view text, std::size_t offset) noexcept;

}  // namespace workbench
