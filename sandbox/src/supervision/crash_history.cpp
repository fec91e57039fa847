#include "supervision/crash_history.h"

#include <algorithm>

namespace cloche::supervision {

void CrashHistory::note(loop::TimePoint now) {
  while (!crashes_.empty() && now - crashes_.front() > options_.window) crashes_.pop_front();
  crashes_.push_back(now);
}

Duration CrashHistory::back_off() const {
  Duration delay = std::min(options_.back_off, options_.max_back_off);
  for (std::size_t i = 1; i < crashes() && delay < options_.max_back_off; ++i) {
    delay = delay > options_.max_back_off / 2 ? options_.max_back_off : delay * 2;
  }
  const double share = 1 - std::clamp(options_.jitter, 0.0, 1.0) * random_();
  return std::chrono::duration_cast<Duration>(delay * share);
}

}  // namespace cloche::supervision
