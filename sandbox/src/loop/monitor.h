#pragma once

#include "loop/clock.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cloche::loop {

/// Something that runs for long stretches without coming back to its Loop, and can be asked to look up.
class Interruptible {
 public:
  virtual ~Interruptible() = default;
  /// Asks it to look at its budget soon. Called on the monitor's thread, while it is the one a Meter says is
  /// running.
  virtual void interrupt() noexcept = 0;
};

class Monitor;

/// What one thread is running now. The thread writes it at every entry into JavaScript, so it costs a few
/// nanoseconds and no look at a clock; the monitor reads it at every tick.
class Meter {
 public:
  explicit Meter(Monitor& monitor);
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  ~Meter();

  /// `work` runs from now on; it is to be interrupted at the latest at `deadline`, besides at the end of each
  /// slice.
  void begin(Interruptible& work, TimePoint deadline) noexcept;
  void end() noexcept { running_.store(nullptr, std::memory_order_release); }

  /// What runs is also to be interrupted at this time: the end of a poll.
  void set_poll_deadline(TimePoint deadline) noexcept {
    poll_deadline_.store(deadline.time_since_epoch().count(), std::memory_order_relaxed);
  }

 private:
  friend class Monitor;
  static constexpr TimePoint::rep kNever = TimePoint::max().time_since_epoch().count();

  Monitor& monitor_;
  std::atomic<Interruptible*> running_{nullptr};
  std::atomic<std::uint64_t> turn_{0};
  std::atomic<TimePoint::rep> deadline_{kNever};
  std::atomic<TimePoint::rep> poll_deadline_{kNever};

  // The monitor's own notes.
  std::uint64_t seen_turn_ = 0;
  TimePoint interrupt_at_{};
};

/// One thread that watches all Meters of a Host and interrupts what has run for a slice or past its deadline.
/// It ticks while something runs and sleeps, without any wake-up, while nothing does.
class Monitor {
 public:
  explicit Monitor(std::chrono::microseconds slice);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  /// After this no Meter names `work` and no interrupt of it is under way: it may be destroyed. Not from
  /// inside `interrupt`.
  void forget(Interruptible& work);

 private:
  friend class Meter;
  void add(Meter& meter);
  void remove(Meter& meter);
  void watch();
  TimePoint look(Meter& meter, TimePoint now, bool& busy);
  void rouse() noexcept;

  const std::chrono::microseconds slice_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Meter*> meters_;
  std::atomic<bool> asleep_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cloche::loop
