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

struct Range {
  char32_t first;
  char32_t last;
};

// What is_deceptive() leaves alone and a prompt does not: Default_Ignorable_Code_Point and Format characters (Unicode
// 15), spaces but the plain one, fillers that print nothing, private use and noncharacters of the first plane.
constexpr Range kHidden[] = {
    {0xa0, 0xa0},       {0x34f, 0x34f},     {0x600, 0x605},     {0x6dd, 0x6dd},      {0x70f, 0x70f},
    {0x890, 0x891},     {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x1680, 0x1680},    {0x17b4, 0x17b5},
    {0x180b, 0x180f},   {0x2000, 0x200a},   {0x202f, 0x202f},   {0x205f, 0x205f},    {0x2800, 0x2800},
    {0x3000, 0x3000},   {0x3164, 0x3164},   {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},    {0xfe00, 0xfe0f},
    {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd},  {0x110cd, 0x110cd},
    {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

bool is_hidden(char32_t c) noexcept {
  return is_deceptive(c) ||
         std::ranges::any_of(kHidden, [&](const Range& r) { return r.first <= c && c <= r.last; });
}

// The blocks of combining marks, which stack up on what stands before them.
constexpr Range kCombining[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x1ab0, 0x1aff},
                                {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}};

bool is_combining(char32_t c) noexcept {
  return std::ranges::any_of(kCombining, [&](const Range& r) { return r.first <= c && c <= r.last; });
}

std::string escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : "\\u{%x}", static_cast<unsigned>(c));
  return buffer;
}

// `text` with the characters escaped that `escape` says yes to; it is asked of each, in order.
template <class Escape>
std::string escape_where(std::string_view text, Escape escape) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = decode(text);
    const std::size_t length = point ? point->length : 1;
    if (!point) {
      out += "\xef\xbf\xbd";
    } else if (escape(point->value)) {
      out += escaped(point->value);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
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

std::string escape_controls(std::string_view text) { return escape_where(text, is_deceptive); }

std::string visible(std::string_view text) {
  constexpr int kMostMarks = 4;  // more than any script needs on one letter
  int marks = 0;
  return escape_where(text, [&](char32_t c) {
    marks = is_combining(c) ? marks + 1 : 0;
    return marks > kMostMarks || is_hidden(c);
  });
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
