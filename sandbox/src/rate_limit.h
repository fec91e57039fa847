#pragma once

#include "loop/clock.h"

#include <algorithm>
#include <cloche/limits.h>

namespace cloche {

/// A token bucket: so many uses a second, of which a second's worth may come at once. Belongs to one thread.
class RateLimit {
 public:
  explicit RateLimit(std::uint64_t per_second) noexcept
      : per_second_(per_second), tokens_(static_cast<double>(per_second)) {}

  /// Takes one use; false when there is none left. Without a limit the clock is not looked at.
  [[nodiscard]] bool take() noexcept { return per_second_ == Limits::kUnlimited || take(loop::Clock::now()); }

  [[nodiscard]] std::uint64_t per_second() const noexcept { return per_second_; }

 private:
  bool take(loop::TimePoint now) noexcept {
    const auto rate = static_cast<double>(per_second_);
    const std::chrono::duration<double> passed = now - filled_;
    tokens_ = std::min(rate, tokens_ + passed.count() * rate);
    filled_ = now;
    if (tokens_ < 1) return false;
    --tokens_;
    return true;
  }

  std::uint64_t per_second_;
  double tokens_;
  loop::TimePoint filled_ = loop::Clock::now();
};

}  // namespace cloche
