#include "style.h"

#include <algorithm>
#include <cloche/text.h>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace workbench::terminal {
namespace {

std::string_view code(Look look) {
  switch (look) {
    case Look::plain: return "";
    case Look::strong: return "\x1b[1m";
    case Look::faint: return "\x1b[2m";
    case Look::good: return "\x1b[32m";
    case Look::bad: return "\x1b[31m";
    case Look::notable: return "\x1b[33m";
  }
  return "";
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// Where the character number `count` begins.
std::size_t byte_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && count-- == 0) break;
  }
  return at;
}

}  // namespace

Style Style::of_stdout() {
  const char* no_color = std::getenv("NO_COLOR");
  return Style(isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0'));
}

std::string Style::operator()(Look look, std::string_view text) const {
  if (!colours_ || look == Look::plain) return std::string(text);
  return std::string(code(look)) + std::string(text) + "\x1b[0m";
}

std::string shortened(std::string_view text, std::size_t width) {
  // More than will be shown need not be made visible first.
  const std::string line = cloche::escape_controls(text.substr(0, 4 * width + 4));
  if (characters(line) <= width) return line;
  return line.substr(0, byte_of(line, width - 1)) + "…";
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t length = characters(text);
  return std::string(text) + std::string(length < width ? width - length : 0, ' ');
}

std::string milliseconds(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%7.1f ms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

}  // namespace workbench::terminal
