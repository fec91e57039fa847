#pragma once

#include "loop/clock.h"

#include <algorithm>
#include <chrono>
#include <cloche/limits.h>

namespace cloche {

/// When a worker's isolates give memory back: after a while without work, and one after another, so that a thousand that
/// fall idle at once take a small part of the worker's time. Belongs to its worker's thread.
class IdleTime {
 public:
  /// `after`: how long an isolate has had nothing to do when it is called idle.
  explicit IdleTime(Duration after) noexcept : after_(after) {}

  /// When what was used last at `used` counts as idle.
  [[nodiscard]] loop::TimePoint begin(loop::TimePoint used) const noexcept {
    return loop::after(used, after_);
  }
  /// The next time that is nobody else's, from `now` on.
  [[nodiscard]] loop::TimePoint reserve(loop::TimePoint now) noexcept {
    const loop::TimePoint time = std::max(now, next_);
    next_ = time + kSpacing;
    return time;
  }

 private:
  // A collection of a small heap takes a few milliseconds.
  static constexpr std::chrono::milliseconds kSpacing{20};

  const Duration after_;
  loop::TimePoint next_{};
};

}  // namespace cloche
