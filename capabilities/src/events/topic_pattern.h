#pragma once

#include <cloche/result.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::events {

/// Whether `topic` is one: segments of ASCII letters, digits, '-' and '_', parted by dots, at most 256 bytes.
/// Error: `invalid_argument`.
[[nodiscard]] Result<void> check_topic(std::string_view topic);

/// Topics by their segments: `*` stands for one, `**`, at the end, for the rest, which may be none. Immutable; may be
/// used from any thread.
class TopicPattern {
 public:
  /// Error: `invalid_argument`.
  [[nodiscard]] static Result<TopicPattern> parse(std::string_view text);

  /// `topic` is one.
  [[nodiscard]] bool matches(std::string_view topic) const noexcept;
  /// Whether there is a topic that both match.
  [[nodiscard]] bool meets(const TopicPattern& other) const noexcept;
  /// Whether every topic that `other` matches is matched.
  [[nodiscard]] bool covers(const TopicPattern& other) const noexcept;

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  explicit TopicPattern(std::string text) : text_(std::move(text)) {}

  std::string text_;
  std::vector<std::string> segments_;  // but for a "**"
  bool rest_ = false;                  // whether there is one
};

}  // namespace cloche::events
