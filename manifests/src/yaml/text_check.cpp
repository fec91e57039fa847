#include "text_check.h"

#include "load.h"
#include "refusal.h"

#include <algorithm>
#include <cloche/text.h>
#include <cstdio>

namespace cloche::yaml {
namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view s) { return text.substr(0, s.size()) == s; });
}

void check_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  if (starts_with_any(text, {"\xff\xfe"sv, "\xfe\xff"sv, "\0\0\xfe\xff"sv})) {
    throw Refusal{0, "this file is in UTF-16 or UTF-32; save it as UTF-8 without a byte order mark"};
  }
  if (starts_with_any(text, {"\xef\xbb\xbf"sv})) {
    throw Refusal{0, "this file begins with a byte order mark; save it as UTF-8 without one"};
  }
  if (text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0')) {
    throw Refusal{0, "this file looks like UTF-16; save it as UTF-8"};
  }
}

// The longest well-formed beginning of `text` ends where halving finds it: a prefix cut inside a character is
// not well-formed, so the search is over line starts and then bytes of one line.
std::size_t first_malformed(std::string_view text) {
  std::size_t line = 0;
  while (line < text.size()) {
    const std::size_t end = std::min(text.find('\n', line), text.size() - 1) + 1;
    if (!is_utf8(text.substr(line, end - line))) break;
    line = end;
  }
  for (std::size_t i = line; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (!is_utf8(text.substr(i, length))) return i;
    i += length;
  }
  return text.size();
}

std::string control_message(std::string_view text, std::size_t offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  const unsigned value = lead < 0x80 ? lead : static_cast<unsigned char>(text[offset + 1]);
  char name[16];
  std::snprintf(name, sizeof name, "U+%04X", value);
  return std::string("the control character ") +
         (lead < 0xe0 ? name : "U+FEFF or another that prints nothing") + " is not allowed; leave it out";
}

void check_lines(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_start = i == 0 || text[i - 1] == '\n';
    if (text[i] == '%' && line_start) {
      throw Refusal{i, "a line that begins with '%' is a YAML directive, which is not allowed; leave it out"};
    }
    if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) {
      throw Refusal{
          i, "a carriage return without a line feed is not a line end; save the file with plain line ends"};
    }
  }
}

}  // namespace

std::size_t find_control(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = byte(i);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) return i;
    if (c == 0xc2 && byte(i + 1) < 0xa0) return i;                          // C1
    if (c == 0xef && byte(i + 1) == 0xbb && byte(i + 2) == 0xbf) return i;  // byte order mark
    if (c == 0xef && byte(i + 1) == 0xbf && byte(i + 2) >= 0xbe) return i;  // U+FFFE and U+FFFF
  }
  return std::string_view::npos;
}

void check_text(std::string_view text) {
  if (text.size() > kMaxBytes) {
    throw Refusal{0,
                  "this file is larger than 1 MiB, the most a manifest or policy may have; make it shorter"};
  }
  check_encoding(text);
  if (!is_utf8(text)) throw Refusal{first_malformed(text), "this is not UTF-8 text; save the file as UTF-8"};
  if (const std::size_t at = find_control(text); at != std::string_view::npos) {
    throw Refusal{at, control_message(text, at)};
  }
  check_lines(text);
}

}  // namespace cloche::yaml
