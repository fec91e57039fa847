#include "worker.h"

#include "js/runner.h"

#include <utility>

namespace cloche {
namespace {

thread_local Worker* t_worker = nullptr;

}  // namespace

Worker* Worker::of_thread() noexcept { return t_worker; }

Worker::Worker(loop::Monitor& monitor_of_all, loop::BlockingPool& blocking_of_all, Duration idle_after)
    : monitor(monitor_of_all),
      blocking(blocking_of_all),
      meter(monitor_of_all),
      idle_time(idle_after),
      outer_(exchange_thread_parker(this)),
      outer_worker_(std::exchange(t_worker, this)) {}

Worker::~Worker() {
  t_worker = outer_worker_;
  exchange_thread_parker(outer_);
}

bool Worker::poll(std::chrono::microseconds budget) {
  meter.set_poll_deadline(loop::after(loop::Clock::now(), budget));
  const bool more = loop.poll(budget);
  meter.set_poll_deadline(loop::TimePoint::max());
  return more;
}

// A host function may wait for a Future on its plugin's own stack: the isolate is left meanwhile, for others
// run.
void Worker::park(const std::function<void(std::function<void()> wake)>& arm) {
  if (running == nullptr) return loop.park(arm);
  running->outside([&] { loop.park(arm); });
}

}  // namespace cloche
