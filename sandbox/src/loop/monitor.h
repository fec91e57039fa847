#pragma once

#include "loop/clock.h"
#include "loop/ready_queue.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace cloche::loop {

/// Something that runs for long stretches without coming back to its Loop, and can be asked to look up.
class Interruptible {
 public:
  virtual ~Interruptible() = default;
  /// Asks it to look at its budget soon, and whether it should make way; asks again, and more firmly, while
  /// it does not. Called on any thread, by one at a time, while it is the one a Meter says is running.
  virtual void interrupt() noexcept = 0;
};

class Monitor;

/// What one thread is running now. The thread writes it at every entry into JavaScript, so it costs a few
/// nanoseconds and no look at a clock. The monitor reads it when something is due, and so does whoever brings
/// the thread something urgent.
class Meter {
 public:
  explicit Meter(Monitor& monitor);
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  ~Meter();

  /// `work` runs from now on, at this rank, and is to be interrupted when `due` has come; no later than a
  /// slice from now. Also said of what goes on to run after an interrupt. On the meter's own thread, as is
  /// `end`.
  void begin(Interruptible& work, Rank rank, TimePoint due) noexcept;
  void end() noexcept { running_.store(nullptr, std::memory_order_release); }

  /// Interrupts what runs, if that is of the background. From any thread.
  void preempt() noexcept;

  [[nodiscard]] std::chrono::nanoseconds slice() const noexcept;

 private:
  friend class Monitor;

  Monitor& monitor_;
  std::atomic<Interruptible*> running_{nullptr};
  std::atomic<Rank> rank_{Rank::first};
  std::atomic<TimePoint::rep> due_{0};
};

/// One thread that watches all Meters of a Host and interrupts what is due. It sleeps until the first of that
/// is, and without any wake-up while nothing runs.
class Monitor {
 public:
  explicit Monitor(std::chrono::nanoseconds slice);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  /// After this no Meter names `work` and no interrupt of it is under way: it may be destroyed. Not from
  /// inside `interrupt`.
  void forget(Interruptible& work);

  /// Waits until no interrupt is under way. Not from inside one.
  void quiesce() { const std::scoped_lock lock(mutex_); }

  /// How long what computes may go on while others are ready.
  [[nodiscard]] std::chrono::nanoseconds slice() const noexcept { return slice_; }

 private:
  friend class Meter;
  void add(Meter& meter);
  void remove(Meter& meter);
  void watch();
  [[nodiscard]] TimePoint look(Meter& meter, TimePoint now);
  void sleep_until(std::unique_lock<std::mutex>& lock, TimePoint next);
  [[nodiscard]] bool overslept(TimePoint next) const noexcept;
  void rouse() noexcept;

  const std::chrono::nanoseconds slice_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Meter*> meters_;
  std::atomic<TimePoint::rep> wakes_at_{
      TimePoint::min().time_since_epoch().count()};  // the earliest: it is awake
  bool roused_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cloche::loop
