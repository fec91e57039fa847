#include <algorithm>
#include <cloche/event_bus.h>
#include <vector>

#include "events/topic_pattern.h"

namespace cloche {

struct EventBus::Subscriber {
  events::TopicPattern pattern;
  Handler handler;
};

namespace {

bool has_function(const Value& value) {
  if (value.is<Function>()) return true;
  if (const auto* array = value.as<Array>()) return std::ranges::any_of(*array, has_function);
  const auto* object = value.as<Object>();
  return object != nullptr &&
         std::ranges::any_of(*object, [](const auto& m) { return has_function(m.second); });
}

}  // namespace

Result<void> EventBus::publish(Event event) {
  if (auto checked = events::check_topic(event.topic); !checked) return checked;
  if (has_function(event.value))
    return Error(Errc::invalid_argument, "an event cannot carry a function; send what it would answer");
  std::vector<std::shared_ptr<const Subscriber>> told;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, subscriber] : subscribers_) {
      if (subscriber->pattern.matches(event.topic)) told.push_back(subscriber);
    }
  }
  for (const auto& subscriber : told) subscriber->handler(event);
  return {};
}

Result<std::uint64_t> EventBus::subscribe(std::string_view pattern, Handler handler) {
  auto parsed = events::TopicPattern::parse(pattern);
  if (!parsed) return parsed.error();
  auto subscriber = std::make_shared<const Subscriber>(Subscriber{std::move(*parsed), std::move(handler)});
  const std::scoped_lock lock(mutex_);
  subscribers_.emplace(++last_, std::move(subscriber));
  return last_;
}

// What the handler held is let go of outside of the mutex, for that may be a plugin's.
bool EventBus::unsubscribe(std::uint64_t number) {
  std::shared_ptr<const Subscriber> ended;
  const std::scoped_lock lock(mutex_);
  const auto found = subscribers_.find(number);
  if (found == subscribers_.end()) return false;
  ended = std::move(found->second);
  subscribers_.erase(found);
  return true;
}

}  // namespace cloche
