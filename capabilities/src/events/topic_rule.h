#pragma once

#include <cloche/grants.h>
#include <cloche/result.h>
#include <string>

#include "events/topic_pattern.h"

namespace cloche::events {

/// A rule of a scope of `events`, for Conjunction: asked for a topic, or for all that a subscription may get.
class TopicRule {
 public:
  struct Bounds {
    void widen(const Bounds&) {}
    void narrow(const Bounds&) {}
  };

  [[nodiscard]] static Result<TopicRule> make(const ScopeRule& rule);

  [[nodiscard]] bool matches(std::string_view topic) const { return pattern_.matches(topic); }
  [[nodiscard]] bool denies(std::string_view topic) const { return pattern_.matches(topic); }
  /// Whether some of it is allowed, and whether all of it is denied.
  [[nodiscard]] bool matches(const TopicPattern& pattern) const { return pattern_.meets(pattern); }
  [[nodiscard]] bool denies(const TopicPattern& pattern) const { return pattern_.covers(pattern); }
  [[nodiscard]] Bounds bounds() const { return {}; }
  [[nodiscard]] std::string text() const { return "topic " + pattern_.text(); }

 private:
  explicit TopicRule(TopicPattern pattern) : pattern_(std::move(pattern)) {}
  TopicPattern pattern_;
};

}  // namespace cloche::events
