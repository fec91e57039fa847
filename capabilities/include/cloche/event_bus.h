#pragma once

#include <cloche/result.h>
#include <cloche/value.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace cloche {

/// Something that happened, told to whoever subscribed to its topic.
struct Event {
  std::string topic;
  Value value;
  std::string publisher;  ///< a plugin's id; empty: the host
};

/// Where the host and its plugins tell each other what happened; `cap:events` is its plugins' side. Plugins of different
/// hosts meet only where both hosts give them the same bus. May be used from any thread.
///
/// A topic is segments of letters, digits, '-' and '_', parted by dots: `file.saved`. In a pattern `*` stands for one
/// segment and `**`, at the end, for the rest, which may be none.
class EventBus {
 public:
  using Handler = std::function<void(const Event&)>;

  EventBus() = default;
  EventBus(const EventBus&) = delete;
  EventBus& operator=(const EventBus&) = delete;

  /// Tells everybody who subscribed, one after the other, on the calling thread. Errors: `invalid_argument` for what is
  /// no topic, and for a value with a function in it, which would pass on what its plugin may do.
  [[nodiscard]] Result<void> publish(std::string_view topic, Value value) {
    return publish(Event{std::string(topic), std::move(value), {}});
  }
  [[nodiscard]] Result<void> publish(Event event);

  /// Has `handler` called for every event whose topic `pattern` matches, on whichever thread publishes it; it must not
  /// wait, nor throw. Gives the number to end it with. Error: `invalid_argument` for what is no pattern.
  [[nodiscard]] Result<std::uint64_t> subscribe(std::string_view pattern, Handler handler);
  /// Whether there was such a subscription. Its handler is not called any more for events published from now on; for one
  /// that another thread publishes at this moment it may be.
  bool unsubscribe(std::uint64_t number);

 private:
  struct Subscriber;
  std::mutex mutex_;
  std::uint64_t last_ = 0;                                                  // under mutex_, as is
  std::map<std::uint64_t, std::shared_ptr<const Subscriber>> subscribers_;  // all there are
};

}  // namespace cloche
