#include "loop/monitor.h"

#include <algorithm>

namespace cloche::loop {
namespace {

// How finely time is told while something runs, and for how long the monitor stays awake after the last thing
// did: to put it to sleep and wake it costs more than a few idle ticks.
constexpr std::chrono::microseconds kTick{1000};
constexpr int kIdleTicks = 20;

}  // namespace

Meter::Meter(Monitor& monitor) : monitor_(monitor) { monitor_.add(*this); }

Meter::~Meter() { monitor_.remove(*this); }

void Meter::begin(Interruptible& work, TimePoint deadline) noexcept {
  turn_.store(turn_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  deadline_.store(deadline.time_since_epoch().count(), std::memory_order_relaxed);
  // Sequentially consistent against the monitor's "asleep, then look once more": one of the two sees the
  // other.
  running_.store(&work, std::memory_order_seq_cst);
  if (monitor_.asleep_.load(std::memory_order_seq_cst)) monitor_.rouse();
}

Monitor::Monitor(std::chrono::microseconds slice) : slice_(slice), thread_([this] { watch(); }) {}

Monitor::~Monitor() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void Monitor::add(Meter& meter) {
  const std::scoped_lock lock(mutex_);
  meters_.push_back(&meter);
}

void Monitor::remove(Meter& meter) {
  const std::scoped_lock lock(mutex_);
  std::erase(meters_, &meter);
}

void Monitor::forget(Interruptible& work) {
  const std::scoped_lock lock(mutex_);
  for (Meter* meter : meters_) {
    Interruptible* expected = &work;
    meter->running_.compare_exchange_strong(expected, nullptr);
  }
}

void Monitor::rouse() noexcept {
  const std::scoped_lock lock(mutex_);
  asleep_.store(false, std::memory_order_relaxed);
  changed_.notify_one();
}

// Interrupts the meter's work when its time has come; gives the time to look again.
TimePoint Monitor::look(Meter& meter, TimePoint now, bool& busy) {
  Interruptible* work = meter.running_.load(std::memory_order_acquire);
  if (work == nullptr) return TimePoint::max();
  busy = true;
  const std::uint64_t turn = meter.turn_.load(std::memory_order_relaxed);
  if (turn != meter.seen_turn_) {
    meter.seen_turn_ = turn;
    meter.interrupt_at_ = now + slice_;
  }
  const auto at = [](const std::atomic<TimePoint::rep>& time) {
    return TimePoint(TimePoint::duration(time.load(std::memory_order_relaxed)));
  };
  const TimePoint due = std::min({meter.interrupt_at_, at(meter.deadline_), at(meter.poll_deadline_)});
  if (now < due) return due;
  work->interrupt();
  // Asked once; it may take a while to look up. Ask again after a slice, should it go on.
  meter.interrupt_at_ = now + slice_;
  return now + kTick;
}

void Monitor::watch() {
  std::unique_lock lock(mutex_);
  int idle = 0;
  while (!stopping_) {
    const TimePoint now = Clock::now();
    TimePoint next = now + kTick;
    bool busy = false;
    for (Meter* meter : meters_) next = std::min(next, look(*meter, now, busy));
    idle = busy ? 0 : idle + 1;
    if (idle <= kIdleTicks) {
      changed_.wait_until(lock, next);
      continue;
    }
    asleep_.store(true, std::memory_order_seq_cst);
    const bool begun =
        std::ranges::any_of(meters_, [](const Meter* m) { return m->running_.load() != nullptr; });
    if (!begun) changed_.wait(lock, [&] { return stopping_ || !asleep_.load(std::memory_order_relaxed); });
    asleep_.store(false, std::memory_order_relaxed);
    idle = 0;
  }
}

}  // namespace cloche::loop
