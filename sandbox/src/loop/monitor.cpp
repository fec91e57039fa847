#include "loop/monitor.h"

#include <algorithm>

namespace cloche::loop {
namespace {

// When to ask again what has been interrupted and has not looked up yet: it is in C++.
constexpr std::chrono::milliseconds kAgain{1};
// For how many slices the monitor looks on after the last thing ran: to put it to sleep for good and wake it
// costs more than a few looks.
constexpr int kLinger = 5;

TimePoint::rep ticks(TimePoint time) noexcept { return time.time_since_epoch().count(); }

}  // namespace

Meter::Meter(Monitor& monitor) : monitor_(monitor) { monitor_.add(*this); }

Meter::~Meter() { monitor_.remove(*this); }

std::chrono::nanoseconds Meter::slice() const noexcept { return monitor_.slice(); }

void Meter::begin(Interruptible& work, Rank rank, TimePoint due) noexcept {
  rank_.store(rank, std::memory_order_relaxed);
  due_.store(ticks(due), std::memory_order_relaxed);
  // Sequentially consistent against the monitor's "say until when I sleep, then look once more": one of the
  // two sees the other.
  running_.store(&work, std::memory_order_seq_cst);
  if (ticks(due) < monitor_.wakes_at_.load(std::memory_order_seq_cst)) monitor_.rouse();
}

void Meter::preempt() noexcept {
  if (running_.load(std::memory_order_seq_cst) == nullptr) return;
  if (rank_.load(std::memory_order_relaxed) != Rank::background) return;
  const std::scoped_lock lock(monitor_.mutex_);
  if (Interruptible* work = running_.load(std::memory_order_acquire)) work->interrupt();
}

Monitor::Monitor(std::chrono::nanoseconds slice) : slice_(slice), thread_([this] { watch(); }) {}

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
  wakes_at_.store(ticks(TimePoint::min()), std::memory_order_relaxed);
  roused_ = true;
  changed_.notify_one();
}

// Interrupts the meter's work when its time has come; gives the time to look again.
TimePoint Monitor::look(Meter& meter, TimePoint now) {
  Interruptible* work = meter.running_.load(std::memory_order_acquire);
  if (work == nullptr) return TimePoint::max();
  TimePoint::rep due = meter.due_.load(std::memory_order_relaxed);
  if (ticks(now) < due) return TimePoint(TimePoint::duration(due));
  work->interrupt();
  const TimePoint again = now + kAgain;
  meter.due_.compare_exchange_strong(due, ticks(again), std::memory_order_relaxed);
  return again;
}

void Monitor::watch() {
  std::unique_lock lock(mutex_);
  int idle = 0;
  while (!stopping_) {
    const TimePoint now = Clock::now();
    TimePoint next = TimePoint::max();
    for (Meter* meter : meters_) next = std::min(next, look(*meter, now));
    idle = next == TimePoint::max() ? idle + 1 : 0;
    if (idle > 0 && idle <= kLinger) next = after(now, slice_);
    sleep_until(lock, next);
  }
}

// Whatever begins is due within a slice. So a monitor that sleeps for no longer than that is late for nothing
// but a deadline that comes sooner, or after it has gone to sleep for good; for those it is woken.
void Monitor::sleep_until(std::unique_lock<std::mutex>& lock, TimePoint next) {
  wakes_at_.store(ticks(next), std::memory_order_seq_cst);
  const auto awake = [&] { return stopping_ || roused_; };
  if (overslept(next)) {
    // Something began meanwhile and relies on a look.
  } else if (next == TimePoint::max()) {
    changed_.wait(lock, awake);
  } else {
    changed_.wait_until(lock, next, awake);
  }
  wakes_at_.store(ticks(TimePoint::min()), std::memory_order_relaxed);
  roused_ = false;
}

bool Monitor::overslept(TimePoint next) const noexcept {
  return std::ranges::any_of(meters_, [&](const Meter* meter) {
    return meter->running_.load(std::memory_order_seq_cst) != nullptr &&
           meter->due_.load(std::memory_order_relaxed) < ticks(next);
  });
}

}  // namespace cloche::loop
