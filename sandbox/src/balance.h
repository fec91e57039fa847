#pragma once

#include "loop/clock.h"

#include <chrono>
#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

namespace cloche {

/// What one worker has to do.
struct WorkerLoad {
  std::size_t instances = 0;
  std::chrono::nanoseconds cpu{};  ///< what its thread has computed since it began
};

/// Chooses the worker that a new instance goes to: the one that has computed least of late, in quarters of a
/// core, and of equal ones the one with the fewest instances.
class Balance {
 public:
  Balance(std::size_t workers, loop::TimePoint now) : workers_(workers), sampled_(now) {}

  [[nodiscard]] std::size_t choose(std::span<const WorkerLoad> loads, loop::TimePoint now) {
    if (now - sampled_ >= kSample) sample(loads, now);
    std::size_t best = 0;
    for (std::size_t i = 1; i < loads.size(); ++i) {
      if (cost(i, loads[i]) < cost(best, loads[best])) best = i;
    }
    return best;
  }

 private:
  struct Sampled {
    std::chrono::nanoseconds cpu{};
    std::chrono::nanoseconds::rep quarters = 0;  // of a core, in the time before
  };
  // Loads that follow each other closely are dealt out by number.
  static constexpr std::chrono::milliseconds kSample{100};

  void sample(std::span<const WorkerLoad> loads, loop::TimePoint now) {
    for (std::size_t i = 0; i < loads.size(); ++i) {
      const auto computed = loads[i].cpu - workers_[i].cpu;
      workers_[i] = {loads[i].cpu, 4 * computed / (now - sampled_)};
    }
    sampled_ = now;
  }
  [[nodiscard]] std::tuple<std::chrono::nanoseconds::rep, std::size_t> cost(std::size_t i,
                                                                            const WorkerLoad& load) const {
    return {workers_[i].quarters, load.instances};
  }

  std::vector<Sampled> workers_;
  loop::TimePoint sampled_;
};

}  // namespace cloche
