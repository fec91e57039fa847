// Any two patterns and any topic: no crash, and the rules that tie the three questions to each other.

#include "events/topic_pattern.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cloche::events;
  const std::string input(data, data + size);
  const std::size_t first = input.find('\n');
  const std::size_t second = first == std::string::npos ? first : input.find('\n', first + 1);
  if (second == std::string::npos) return 0;
  const std::string topic = input.substr(second + 1);
  const auto a = TopicPattern::parse(std::string_view(input).substr(0, first));
  const auto b = TopicPattern::parse(std::string_view(input).substr(first + 1, second - first - 1));
  // A topic is a pattern that matches itself alone.
  if (check_topic(topic)) require(TopicPattern::parse(topic)->matches(topic));
  if (!a || !b) return 0;
  require(a->meets(*a) && a->covers(*a));
  require(a->meets(*b) == b->meets(*a));
  if (a->covers(*b)) require(a->meets(*b));
  if (a->covers(*b) && b->covers(*a)) require(a->text() == b->text());
  if (!check_topic(topic)) return 0;
  const auto exact = TopicPattern::parse(topic);
  require(a->matches(topic) == a->covers(*exact) && a->matches(topic) == a->meets(*exact));
  if (a->matches(topic) && b->matches(topic)) require(a->meets(*b));
  if (a->covers(*b) && b->matches(topic)) require(a->matches(topic));
  return 0;
}
