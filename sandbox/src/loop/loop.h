#pragma once

#include "loop/clock.h"
#include "loop/timers.h"

#include <atomic>
#include <cloche/future.h>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>

namespace cloche::loop {

/// One thread's fibers, timers and jobs from other threads. Made and destroyed on that thread, which it turns into one whose
/// waits park a fiber. Everything but `post`, `wake` and `wake_handle` belongs to that thread.
class Loop final : private Parker {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// The calling thread's Loop, or null.
  [[nodiscard]] static Loop* current() noexcept;

  /// Has `job` run on this thread, soon, between fibers: it must not wait. From any thread, in order for each.
  void post(std::function<void()> job);

  /// Starts a fiber. It must end before the Loop does; `fibers` counts those that have not.
  void spawn(std::function<void()> body);

  /// Lets other fibers run before this one goes on.
  void yield();

  /// Runs what is ready until nothing is, or `budget` is used up; true when something still is.
  bool poll(std::chrono::microseconds budget);

  /// Readable while `poll` has something to do.
  [[nodiscard]] int wake_handle() const noexcept;

  [[nodiscard]] Timers& timers() noexcept { return timers_; }
  /// Whether another fiber is ready to run, so that the running one should make way. May be asked from any thread.
  [[nodiscard]] bool others_ready() const noexcept { return ready_.load(std::memory_order_relaxed) > 0; }
  /// The time by which a poll under way ends; the end of time outside of one. May be asked from any thread.
  [[nodiscard]] TimePoint poll_deadline() const noexcept;
  [[nodiscard]] bool poll_is_over() const noexcept;

  // For the Scheduler and Signal.
  void note_ready(int change) noexcept { ready_.fetch_add(change, std::memory_order_relaxed); }
  void serve() noexcept;
  void sleep_until(TimePoint deadline) noexcept;
  void wake() noexcept;

 private:
  void park(const std::function<void(std::function<void()> wake)>& arm) override;
  void arm_wake_handle();

  struct Reactor;
  std::unique_ptr<Reactor> reactor_;
  Timers timers_;
  std::atomic<int> ready_{0};
  std::atomic<int> posted_{0};
  std::atomic<TimePoint::rep> poll_deadline_{TimePoint::max().time_since_epoch().count()};
  int fibers_ = 0;
  Loop* outer_loop_ = nullptr;
  Parker* outer_parker_ = nullptr;
};

}  // namespace cloche::loop
