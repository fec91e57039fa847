#include "events/topic_rule.h"

#include "scope/rule_fields.h"

namespace cloche::events {

Result<TopicRule> TopicRule::make(const ScopeRule& rule) {
  const auto* topic = rule_field<std::string>(rule, "topic");
  if (topic == nullptr) return Error(Errc::invalid_argument, "a rule for events needs a topic");
  auto pattern = TopicPattern::parse(*topic);
  if (!pattern) return pattern.error();
  return TopicRule(std::move(*pattern));
}

}  // namespace cloche::events
