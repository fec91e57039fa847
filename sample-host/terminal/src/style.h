#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace workbench::terminal {

/// What a piece of text is, and so how it looks.
enum class Look { plain, strong, faint, good, bad, notable };

/// Colours where stdout is a terminal and NO_COLOR (no-color.org) is not set; else none.
class Style {
 public:
  /// As the process' stdout and environment have it.
  [[nodiscard]] static Style of_stdout();
  explicit Style(bool colours) noexcept : colours_(colours) {}

  [[nodiscard]] std::string operator()(Look look, std::string_view text) const;

 private:
  bool colours_;
};

/// `text` on one line of at most `width` characters, control characters visible, the end cut off with "…".
std::string shortened(std::string_view text, std::size_t width);

/// `text` followed by spaces up to `width` characters.
std::string padded(std::string_view text, std::size_t width);

/// "12.3 ms", right-aligned in ten characters.
std::string milliseconds(std::chrono::nanoseconds time);

}  // namespace workbench::terminal
