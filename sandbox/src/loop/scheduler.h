#pragma once

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/scheduler.hpp>
#include <chrono>

namespace cloche::loop {

class Loop;

/// Chooses which fiber of a Loop's thread runs next: first in, first out, the thread's own main fiber among
/// them. While it polls, that comes last, so that a poll runs whatever is ready, and first once the poll's
/// time is up.
class Scheduler final : public boost::fibers::algo::algorithm {
 public:
  explicit Scheduler(Loop& loop) noexcept : loop_(loop) {}

  void awakened(boost::fibers::context* context) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  [[nodiscard]] bool has_ready_fibers() const noexcept override;
  void suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept override;
  void notify() noexcept override;

 private:
  boost::fibers::context* take_main() noexcept;

  Loop& loop_;
  boost::fibers::scheduler::ready_queue_type ready_;
  boost::fibers::context* main_ = nullptr;  // the main fiber, when it is ready in a poll
};

}  // namespace cloche::loop
