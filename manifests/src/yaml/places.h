#pragma once

#include "node.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace cloche::yaml {

/// Turns byte offsets of a text into lines and columns, each in logarithmic time: asked once per value, a
/// search through the line would take a text of one long line quadratic time. `text` must outlive this. What
/// is no UTF-8 continuation byte counts as one code point.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    for (std::size_t i = 0, points = 0; i <= text.size(); ++i) {
      if (i == 0 || text[i - 1] == '\n') lines_.push_back(i);
      if (i % kStride == 0) points_.push_back(points);
      if (i < text.size() && starts_point(text[i])) ++points;
    }
  }

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  /// The offset of a position of yaml-cpp, which counts bytes and may point past the end, or before the
  /// beginning.
  [[nodiscard]] std::size_t offset(int position) const noexcept {
    return std::min(static_cast<std::size_t>(std::max(position, 0)), text_.size());
  }

  [[nodiscard]] Place at(std::size_t offset) const noexcept {
    const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin();
    const std::size_t column =
        points_before(offset) - points_before(lines_[static_cast<std::size_t>(line) - 1]) + 1;
    return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
  }

 private:
  static constexpr std::size_t kStride = 64;

  static bool starts_point(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

  [[nodiscard]] std::size_t points_before(std::size_t offset) const noexcept {
    const std::string_view rest = text_.substr(offset / kStride * kStride, offset % kStride);
    return points_[offset / kStride] +
           static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), starts_point));
  }

  std::string_view text_;
  std::vector<std::size_t> lines_;   // where each line begins
  std::vector<std::size_t> points_;  // code points before each multiple of kStride
};

}  // namespace cloche::yaml
