#include "events/topic_pattern.h"

#include <algorithm>

#include "text/ecma_text.h"

namespace cloche::events {
namespace {

constexpr std::size_t kLongest = 256;

bool is_segment(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// Takes the first segment off.
std::string_view next_segment(std::string_view& text, bool& last) {
  const std::size_t dot = text.find('.');
  last = dot == std::string_view::npos;
  const std::string_view segment = text.substr(0, dot);
  text.remove_prefix(last ? text.size() : dot + 1);
  return segment;
}

std::string quoted(std::string_view text) { return "'" + text::excerpt(text, 80) + "'"; }

Error no_pattern(std::string_view text) {
  return {
      Errc::invalid_argument,
      quoted(text) +
          " is no topic pattern; write segments parted by dots, each a word or '*', the last one or '**'"};
}

}  // namespace

Result<void> check_topic(std::string_view topic) {
  bool good = topic.size() <= kLongest;
  std::string_view left = topic;
  for (bool last = false; good && !last;) good = is_segment(next_segment(left, last));
  if (good) return {};
  return Error(Errc::invalid_argument,
               quoted(topic) + " is no topic; write words of letters, digits, '-' and '_', parted by dots");
}

Result<TopicPattern> TopicPattern::parse(std::string_view text) {
  if (text.size() > kLongest) return no_pattern(text);
  TopicPattern pattern{std::string(text)};
  std::string_view left = text;
  for (bool last = false; !last;) {
    const std::string_view segment = next_segment(left, last);
    if (last && segment == "**") {
      pattern.rest_ = true;
    } else if (segment == "*" || is_segment(segment)) {
      pattern.segments_.emplace_back(segment);
    } else {
      return no_pattern(text);
    }
  }
  return pattern;
}

bool TopicPattern::matches(std::string_view topic) const noexcept {
  bool last = false;
  for (const std::string& expected : segments_) {
    if (last) return false;
    const std::string_view segment = next_segment(topic, last);
    if (expected != "*" && expected != segment) return false;
  }
  return rest_ || last;
}

bool TopicPattern::meets(const TopicPattern& other) const noexcept {
  const std::size_t common = std::min(segments_.size(), other.segments_.size());
  for (std::size_t i = 0; i < common; ++i) {
    const std::string& a = segments_[i];
    const std::string& b = other.segments_[i];
    if (a != "*" && b != "*" && a != b) return false;
  }
  return (segments_.size() <= common || other.rest_) && (other.segments_.size() <= common || rest_);
}

bool TopicPattern::covers(const TopicPattern& other) const noexcept {
  if (other.segments_.size() < segments_.size()) return false;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i] != "*" && segments_[i] != other.segments_[i]) return false;
  }
  return rest_ || (!other.rest_ && other.segments_.size() == segments_.size());
}

}  // namespace cloche::events
