#pragma once

#include "loop/ready_queue.h"

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/properties.hpp>
#include <chrono>

namespace cloche::loop {

class Loop;

/// What Boost.Fiber keeps with each fiber for us.
class FiberPlace final : public boost::fibers::fiber_properties, public Place {
 public:
  explicit FiberPlace(boost::fibers::context* fiber, const Standing& standing = {}) noexcept
      : fiber_properties(fiber), Place(standing) {}
  [[nodiscard]] boost::fibers::context* fiber() const noexcept { return ctx_; }
};

/// Chooses which fiber of a Loop's thread runs next: what its ReadyQueue says. Two fibers are no part of that:
///
/// - the thread's main fiber while it polls: it comes last, so that a poll runs whatever is ready, and first
///   once the poll's time is up;
/// - Boost.Fiber's dispatcher, which frees fibers that ended: it comes when nothing else is ready, when a
///   fiber yields, and once in every slice.
class Scheduler final : public boost::fibers::algo::algorithm_with_properties<FiberPlace> {
 public:
  Scheduler(Loop& loop, std::chrono::nanoseconds slice) noexcept;

  void awakened(boost::fibers::context* fiber, FiberPlace& place) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  [[nodiscard]] bool has_ready_fibers() const noexcept override;
  void suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept override;
  void notify() noexcept override;

  boost::fibers::fiber_properties* new_properties(boost::fibers::context* fiber) override;

  /// Has the fiber that runs compete with those that are ready, and go on at once if it comes first.
  void yield();

  /// The place of the fiber that runs.
  [[nodiscard]] Place& place();
  [[nodiscard]] ReadyQueue& ready() noexcept { return ready_; }

 private:
  Loop& loop_;
  const std::chrono::nanoseconds slice_;
  ReadyQueue ready_;
  boost::fibers::context* main_ = nullptr;        // when it is ready in a poll
  boost::fibers::context* dispatcher_ = nullptr;  // when it does not run
  TimePoint dispatcher_due_{};
  bool yielding_ = false;
};

}  // namespace cloche::loop
