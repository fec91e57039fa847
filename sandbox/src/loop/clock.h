#pragma once

#include <chrono>

namespace cloche::loop {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// `now + span`, or the end of time when that is beyond it.
inline TimePoint after(TimePoint now, std::chrono::nanoseconds span) noexcept {
  return span >= TimePoint::max() - now ? TimePoint::max() : now + span;
}

}  // namespace cloche::loop
