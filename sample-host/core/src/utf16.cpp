#include "utf16.h"

namespace workbench {
namespace {

bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// A character of four bytes is beyond the Basic Multilingual Plane and takes a surrogate pair.
std::size_t units(char first_byte) noexcept {
  return static_cast<unsigned char>(first_byte) >= 0xF0U ? 2 : 1;
}

}  // namespace

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t length = 0;
  for (const char byte : text) length += continues(byte) ? 0 : units(byte);
  return length;
}

std::optional<std::size_t> byte_offset(std::string_view text, std::size_t offset) noexcept {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues(text[i])) continue;
    if (seen == offset) return i;
    if (seen > offset) return std::nullopt;
    seen += units(text[i]);
  }
  return seen == offset ? std::optional(text.size()) : std::nullopt;
}

}  // namespace workbench
