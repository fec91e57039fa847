#pragma once

#include <string>
#include <string_view>

namespace cloche {

/// `text` in single quotes for a message, cut short where it is long. Cuts never fall inside a UTF-8
/// character.
inline std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 80;
  if (text.size() <= kMost) return "'" + std::string(text) + "'";
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return "'" + std::string(text.substr(0, end)) + "...'";
}

}  // namespace cloche
