#pragma once

#include "loop/clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace cloche::loop {

/// What is to be done at a point in time, ordered by it and, at one time, by the order in which it was asked
/// for.
class Timers {
 public:
  using Id = std::pair<TimePoint, std::uint64_t>;

  Id add(TimePoint when, std::function<void()> job) {
    const Id id{when, ++last_};
    jobs_.emplace(id, std::move(job));
    return id;
  }
  void cancel(const Id& id) { jobs_.erase(id); }

  /// When the first is due; the end of time when there is none.
  [[nodiscard]] TimePoint next() const noexcept {
    return jobs_.empty() ? TimePoint::max() : jobs_.begin()->first.first;
  }

  /// Runs those due at `now`; ones added meanwhile wait for the next time.
  void run_due(TimePoint now) {
    const std::uint64_t until = last_;
    while (!jobs_.empty() && jobs_.begin()->first.first <= now && jobs_.begin()->first.second <= until) {
      auto node = jobs_.extract(jobs_.begin());
      node.mapped()();
    }
  }

 private:
  std::map<Id, std::function<void()>> jobs_;
  std::uint64_t last_ = 0;
};

}  // namespace cloche::loop
