#pragma once

#include <chrono>
#include <cloche/limits.h>
#include <cloche/registry.h>
#include <functional>

namespace cloche {

/// Where `clock` has its times from. The sources are called from any thread.
struct ClockOptions {
  std::function<std::chrono::system_clock::time_point()> now;  ///< empty: the system's
  std::function<Duration()> monotonic;                         ///< since any moment; empty: the system's
  /// Times are rounded down to a multiple of it. Fine clocks make side channels readable, so it is coarse.
  Duration resolution = std::chrono::milliseconds(1);
};

/// `clock`: `now()` gives milliseconds since 1970-01-01T00:00Z; `monotonic()` milliseconds since the plugin
/// was loaded, on a clock that is never set back.
void define_clock(Registry& registry, ClockOptions options = {});

}  // namespace cloche
