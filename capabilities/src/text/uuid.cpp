#include "text/uuid.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace cloche::text {

Result<std::string> random_uuid(const RandomSource& source) {
  std::array<std::uint8_t, 16> bytes{};
  auto filled = source(bytes);
  if (!filled) return filled.error();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant 10
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
    text += digits;
  }
  return text;
}

}  // namespace cloche::text
