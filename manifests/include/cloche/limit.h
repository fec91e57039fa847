#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cloche {

/// One of a plugin's Limits that something can run into and be counted. `stack` is not among them: what
/// overflows it is a RangeError of the plugin's own, which it may catch.
enum class Limit : std::uint8_t {
  heap,                   ///< `heap_limit`; what runs is ended
  external,               ///< `external_limit` for a value of the host's, a RangeError for the plugin's own
  cpu_per_call,           ///< `cpu_limit`; what runs is ended
  wall_per_call,          ///< `wall_limit`; the call is ended
  timers,                 ///< `timer_limit`, thrown by `setTimeout` and `setInterval`
  pending,                ///< `pending_limit`, thrown by an asynchronous host function
  mailbox,                ///< `mailbox_limit`; the call is refused, or waits outside
  message,                ///< `size_limit`; the value does not cross
  host_calls_per_second,  ///< `rate_limit`, thrown by a host function
  log_per_second,         ///< text is dropped
  storage,                ///< `quota`; nothing is stored
};

inline constexpr std::size_t kLimitCount = static_cast<std::size_t>(Limit::storage) + 1;

/// Its name in a manifest, such as "cpu_per_call".
std::string_view to_string(Limit limit) noexcept;

}  // namespace cloche
