#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace cloche {

/// Sizes are in bytes and durations in nanoseconds throughout; `units.h` reads and writes them as people do
/// (64MiB, 50ms).
using ByteCount = std::uint64_t;
using Duration = std::chrono::nanoseconds;

/// What one instance may use. The defaults hold where no layer says anything; where several do, the smallest
/// counts.
struct Limits {
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  ByteCount heap = 64U << 20;                         ///< JavaScript heap
  ByteCount external = 32U << 20;                     ///< memory of ArrayBuffers
  Duration cpu_per_call = std::chrono::seconds(1);    ///< computing; waiting does not count
  Duration wall_per_call = std::chrono::seconds(10);  ///< from the call to its answer, waiting included
  ByteCount stack = 512U << 10;                       ///< JavaScript's share of the fiber stack
  std::uint64_t timers = 1000;                        ///< timers set and not yet fired
  std::uint64_t pending = 1000;                       ///< calls of asynchronous host functions under way
  std::uint64_t mailbox = 256;                        ///< calls waiting for this instance
  ByteCount message = 4U << 20;  ///< one argument list or result, copied across the boundary
  std::uint64_t host_calls_per_second = kUnlimited;  ///< calls of host functions; as many may come at once
  ByteCount log_per_second = 64U << 10;              ///< text handed to the log and to console
  ByteCount storage = 10U << 20;                     ///< what `cap:storage` keeps for the plugin
};

}  // namespace cloche
