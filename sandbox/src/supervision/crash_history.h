#pragma once

#include "loop/clock.h"

#include <cloche/supervision.h>
#include <deque>
#include <functional>

namespace cloche::supervision {

/// What a plugin's crashes so far mean for its next restart. Belongs to one thread.
class CrashHistory {
 public:
  /// `random` gives numbers from 0 up to, and without, 1.
  CrashHistory(const Supervision& options, std::function<double()> random)
      : options_(options), random_(std::move(random)) {}

  void note(loop::TimePoint now);
  void clear() noexcept { crashes_.clear(); }

  /// Those in the window that ended with the last one.
  [[nodiscard]] std::size_t crashes() const noexcept { return crashes_.size(); }
  /// Whether it is to be quarantined.
  [[nodiscard]] bool too_many() const noexcept {
    return options_.max_crashes > 0 && crashes() >= options_.max_crashes;
  }
  /// How long to wait before the next restart; drawn anew at each call.
  [[nodiscard]] Duration back_off() const;

 private:
  Supervision options_;
  std::function<double()> random_;
  std::deque<loop::TimePoint> crashes_;
};

}  // namespace cloche::supervision
