#pragma once

#include "loop/clock.h"
#include "loop/timers.h"

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>

namespace boost::fibers {
class context;
}

namespace cloche::loop {

/// One thread's fibers, timers and jobs from other threads. Made and destroyed on that thread. Everything but
/// `post`, `wake` and `wake_handle` belongs to that thread.
class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// The calling thread's Loop, or null.
  [[nodiscard]] static Loop* current() noexcept;

  /// Has `job` run on this thread, soon, on a fiber. It may end in code of the host's (what waits for a
  /// Future), so it may wait; others are run meanwhile. From any thread, begun in order for each.
  void post(std::function<void()> job);

  /// Starts a fiber. It must end before the Loop does; `fibers` counts those that have not.
  void spawn(std::function<void()> body);

  /// Parks the calling fiber until `wake`, which `arm` is given first, was called from any thread: what a
  /// Parker does.
  void park(const std::function<void(std::function<void()> wake)>& arm);

  /// Lets other fibers run before this one goes on.
  void yield();

  /// Runs what is ready until nothing is, or `budget` is used up; true when something still is.
  bool poll(std::chrono::microseconds budget);

  /// Readable while `poll` has something to do; for a thread that does something else in between.
  [[nodiscard]] int wake_handle() noexcept;
  /// Brings it up to date, after the thread's own call has left something to do.
  void refresh_wake_handle() noexcept;

  [[nodiscard]] Timers& timers() noexcept { return timers_; }
  /// Whether another fiber is ready to run or a job waits for one, so that the running one should make way.
  [[nodiscard]] bool others_ready() const noexcept {
    return ready_.load(std::memory_order_relaxed) > 0 || posted_.load(std::memory_order_relaxed) > 0;
  }
  /// The same, for one that has run for a while: also when a timer is due, or a poll is to end.
  [[nodiscard]] bool should_make_way() const noexcept;
  /// The time by which a poll under way ends; the end of time outside of one. May be asked from any thread.
  [[nodiscard]] TimePoint poll_deadline() const noexcept;
  [[nodiscard]] bool poll_is_over() const noexcept;

  // For the Scheduler.
  [[nodiscard]] bool polling() const noexcept { return poll_deadline() != TimePoint::max(); }
  /// Whether the fiber that becomes ready is the one that runs what is due.
  [[nodiscard]] bool waking_server() const noexcept { return waking_server_; }
  void note_ready(int change) noexcept { ready_.fetch_add(change, std::memory_order_relaxed); }
  void serve() noexcept;
  void sleep_until(TimePoint deadline) noexcept;
  void wake() noexcept;

 private:
  void arm_wake_handle() noexcept;
  [[nodiscard]] bool due() const noexcept;
  [[nodiscard]] std::function<void()> take_posted();
  void start_server();
  void run_server();

  struct Reactor;
  std::unique_ptr<Reactor> reactor_;
  Timers timers_;
  std::atomic<int> ready_{0};
  std::mutex mutex_;
  std::deque<std::function<void()>> jobs_;  // under mutex_
  std::atomic<int> posted_{0};              // how many they are
  std::atomic<int> posting_{0};             // threads inside `post`
  std::atomic<TimePoint::rep> poll_deadline_{TimePoint::max().time_since_epoch().count()};
  int fibers_ = 0;

  boost::fibers::context* server_ = nullptr;  // runs jobs and timers, unless it waits inside one
  int servers_ = 0;
  bool server_idle_ = false;
  bool waking_server_ = false;
  bool server_coming_ = false;
  bool stopping_ = false;

  bool watched_ = false;  // somebody has the wake handle
  TimePoint armed_ = TimePoint::max();
  Loop* outer_loop_ = nullptr;
};

}  // namespace cloche::loop
