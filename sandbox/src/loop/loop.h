#pragma once

#include "loop/clock.h"
#include "loop/descriptors.h"
#include "loop/monitor.h"
#include "loop/ready_queue.h"
#include "loop/timers.h"

#include <algorithm>
#include <atomic>
#include <cloche/future.h>
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

class Scheduler;

/// One thread's fibers, timers and jobs from other threads. Made and destroyed on that thread. Everything but
/// `post`, `wake` and `wake_handle` belongs to that thread.
class Loop {
 public:
  /// `meter` says what of the thread's work can be interrupted; it outlives the Loop.
  explicit Loop(Meter& meter);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// The calling thread's Loop, or null.
  [[nodiscard]] static Loop* current() noexcept { return current_; }

  /// Has `job` run on this thread, soon, on a fiber. It may end in code of the host's (what waits for a
  /// Future), so it may wait; others are run meanwhile. One that is not of the background interrupts what
  /// computes in the background, at once. From any thread, begun in order for each.
  void post(std::function<void()> job, Rank rank = Rank::background);

  /// Starts a fiber, on somebody's account. It must end before the Loop does.
  void spawn(std::function<void()> body, const Standing& standing);

  /// Parks the calling fiber until `wake`, which `arm` is given first, was called from any thread: what a
  /// Parker does. It may be called later still, even when the Loop is gone.
  void park(const Parking& arm);

  /// What tells the calling fiber from others that have not ended.
  [[nodiscard]] static const void* fiber() noexcept;

  /// Lets other fibers run before this one goes on, if it is their turn.
  void yield();

  /// The place of the calling fiber among those that are ready, when it will be.
  [[nodiscard]] Place& place();
  /// Where places stand.
  [[nodiscard]] ReadyQueue& ready() noexcept;

  /// Runs what is ready until nothing is, or `budget` is used up; true when something still is.
  bool poll(std::chrono::microseconds budget);

  /// Readable while `poll` has something to do; for a thread that does something else in between.
  [[nodiscard]] int wake_handle() noexcept;
  /// Brings it up to date, after the thread's own call has left something to do.
  void refresh_wake_handle() noexcept;

  [[nodiscard]] Timers& timers() noexcept { return timers_; }
  /// Timers that what computes is interrupted for: until when somebody waits at most. The others wait for the
  /// end of a slice.
  [[nodiscard]] Timers& deadlines() noexcept { return deadlines_; }
  /// Descriptors that are waited for; before one is added, `watch_descriptors` is to be called.
  [[nodiscard]] Descriptors& descriptors() noexcept { return descriptors_; }
  void watch_descriptors() noexcept;

  /// When the first of either is due.
  [[nodiscard]] TimePoint next_due() const noexcept { return std::min(timers_.next(), deadlines_.next()); }

  /// Whether what runs should let others run now: another fiber is ready, a job or a timer is due, or the poll
  /// is to end. Asked after each turn of an instance, and by what computes when it is interrupted.
  [[nodiscard]] bool should_make_way() noexcept;
  /// Whether jobs were posted that have not begun.
  [[nodiscard]] bool has_posts() const noexcept { return posted_.load(std::memory_order_seq_cst) > 0; }
  /// The time by which a poll under way ends; the end of time outside of one.
  [[nodiscard]] TimePoint poll_deadline() const noexcept { return poll_deadline_; }

  // For the Scheduler.
  [[nodiscard]] bool polling() const noexcept { return poll_deadline_ != TimePoint::max(); }
  void serve(TimePoint now) noexcept;
  void sleep_until(TimePoint deadline) noexcept;
  void wake() noexcept;

 private:
  static inline constinit thread_local Loop* current_ = nullptr;

  [[nodiscard]] bool others_ready() noexcept;
  void arm_wake_handle() noexcept;
  [[nodiscard]] bool due(TimePoint now) const noexcept;
  void look_at_descriptors(TimePoint now) noexcept;
  void serve_descriptors();
  [[nodiscard]] std::function<void()> take_posted();
  void start(std::function<void()> body, const Standing& standing, int& count);
  void wait_for_none(const int& count);
  void start_server();
  void run_server();

  Descriptors descriptors_;
  bool descriptors_watched_ = false;  // the reactor tells when one of them is ready
  bool descriptor_ready_ = false;     // it has
  TimePoint next_look_{};             // when a busy thread asks it next
  struct Reactor;
  std::unique_ptr<Reactor> reactor_;
  Meter& meter_;
  Scheduler* scheduler_ = nullptr;  // Boost.Fiber's thread-local data owns it
  Timers timers_;
  Timers deadlines_;
  TimePoint poll_deadline_ = TimePoint::max();
  std::mutex mutex_;
  std::deque<std::function<void()>> jobs_;  // under mutex_
  std::atomic<int> posted_{0};              // how many they are
  std::atomic<int> posting_{0};             // threads inside `post`
  int fibers_ = 0;
  boost::fibers::context* last_one_ = nullptr;  // who waits for fibers to end

  boost::fibers::context* server_ = nullptr;  // runs jobs and timers, unless it waits inside one
  int servers_ = 0;
  bool server_idle_ = false;
  bool server_coming_ = false;
  bool stopping_ = false;

  bool watched_ = false;  // somebody has the wake handle
  TimePoint armed_ = TimePoint::max();
  Loop* outer_loop_ = nullptr;
};

}  // namespace cloche::loop
