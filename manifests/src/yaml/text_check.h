#pragma once

#include <string_view>

namespace cloche::yaml {

/// Throws a Refusal where `text` is too long or not plain UTF-8 text: another encoding, a byte order mark,
/// control characters, a carriage return on its own; and where a line is a YAML directive.
void check_text(std::string_view text);

/// The offset of the first control character of well-formed UTF-8 other than tab, line feed and carriage
/// return, or npos.
std::size_t find_control(std::string_view text) noexcept;

}  // namespace cloche::yaml
