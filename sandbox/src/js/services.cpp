#include "js/services.h"

#include "js/runner.h"

#include <algorithm>
#include <memory>

namespace cloche::js {
namespace {

Error cancelled_error() { return {Errc::cancelled, "the call was cancelled while the host function waited"}; }

}  // namespace

Result<void> Waits::until(loop::TimePoint deadline) {
  if (cancelled_) return cancelled_error();
  loop::Signal signal(worker_.loop);
  parked_.insert(&signal);
  const bool notified = signal.wait_until(deadline);
  parked_.erase(&signal);
  if (notified) return cancelled_error();
  return {};
}

Result<void> Waits::blocking(const std::function<void()>& job) {
  if (cancelled_) return cancelled_error();
  loop::Signal done(worker_.loop);
  worker_.blocking.run([&, rank = worker_.loop.place().standing().rank] {
    job();
    worker_.loop.post([&done] { done.notify(); }, rank);
  });
  done.wait();
  return {};
}

void Waits::park(const Parking& arm) {
  if (cancelled_) return;
  auto place = wakes_.end();
  worker_.loop.park([&](std::function<void()> wake) {
    place = wakes_.insert(wakes_.end(), wake);
    arm(std::move(wake));
  });
  wakes_.erase(place);
}

void Waits::cover(const std::function<void()>& body) {
  const void* const fiber = loop::Loop::fiber();
  worker_.host_functions.emplace(fiber, this);
  body();
  worker_.host_functions.erase(fiber);
}

void Waits::cancel_all() {
  cancelled_ = true;
  for (const auto& wake : wakes_) wake();
  for (loop::Signal* signal : parked_) signal->notify();
}

Result<void> FiberServices::sleep(Duration duration) {
  return waits_.until(loop::after(loop::Clock::now(), duration));
}

bool StackServices::cancelled() const noexcept {
  return waits_.cancelled() || runner_.stop_reason().has_value();
}

Result<void> StackServices::sleep(Duration duration) {
  const loop::TimePoint wake = loop::after(loop::Clock::now(), duration);
  const loop::TimePoint deadline = runner_.deadline();
  return runner_.outside([&]() -> Result<void> {
    if (auto slept = waits_.until(std::min(wake, deadline)); !slept || wake <= deadline) return slept;
    overdue_();
    return cancelled_error();
  });
}

Result<void> StackServices::run_blocking(const std::function<void()>& job) {
  auto& deadlines = runner_.worker().loop.deadlines();
  const auto timer = deadlines.add(runner_.deadline(), overdue_);
  auto ran = runner_.outside([&] { return waits_.blocking(job); });
  deadlines.cancel(timer);
  return ran;
}

}  // namespace cloche::js
