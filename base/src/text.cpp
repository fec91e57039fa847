#include <cloche/text.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace cloche {
namespace {

struct CodePoint {
  char32_t value;
  std::size_t length;
};

// Reads one code point at the start of `text` (not empty); nothing when it is not well-formed UTF-8.
std::optional<CodePoint> decode(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return std::nullopt;
  char32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[length] || value > 0x10ffff || surrogate) return std::nullopt;
  return CodePoint{value, length};
}

bool is_deceptive(char32_t c) noexcept {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;  // C0, DEL and C1
  if (c == 0xad || c == 0x61c || c == 0xfeff)
    return true;                                // soft hyphen, Arabic letter mark, byte order mark
  if (c >= 0x200b && c <= 0x200f) return true;  // zero width, direction marks
  if (c >= 0x2028 && c <= 0x202e) return true;  // separators, embeddings and overrides
  if (c >= 0x2060 && c <= 0x206f) return true;  // word joiner, isolates, deprecated format characters
  return c >= 0xe0000 && c <= 0xe007f;          // tags
}

std::string escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : "\\u{%x}", static_cast<unsigned>(c));
  return buffer;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substitute}));
    }
  }
  return row.back();
}

}  // namespace

std::string escape_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = decode(text);
    if (!point) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
      continue;
    }
    if (is_deceptive(point->value)) {
      out += escaped(point->value);
    } else {
      out += text.substr(0, point->length);
    }
    text.remove_prefix(point->length);
  }
  return out;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto point = decode(text);
    if (!point) return false;
    text.remove_prefix(point->length);
  }
  return true;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace cloche
