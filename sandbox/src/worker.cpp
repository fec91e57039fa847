#include "worker.h"

#include "js/runner.h"

#include <ctime>
#include <pthread.h>
#include <utility>

namespace cloche {
namespace {

thread_local Worker* t_worker = nullptr;

Duration read(clockid_t clock) noexcept {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Worker* Worker::of_thread() noexcept { return t_worker; }

Worker::Worker(loop::Monitor& monitor_of_all, loop::BlockingPool& blocking_of_all, Duration idle_after)
    : monitor(monitor_of_all),
      blocking(blocking_of_all),
      meter(monitor_of_all),
      idle_time(idle_after),
      loop(meter),
      outer_(exchange_thread_parker(this)),
      outer_worker_(std::exchange(t_worker, this)) {
  ::pthread_getcpuclockid(::pthread_self(), &cpu_clock_);
}

Worker::~Worker() {
  t_worker = outer_worker_;
  exchange_thread_parker(outer_);
}

Duration Worker::read_cpu() noexcept { return cpu_read_ = read(CLOCK_THREAD_CPUTIME_ID); }

Duration Worker::cpu_from_afar() const noexcept { return read(cpu_clock_); }

// A host function may wait for a Future, on its plugin's own stack or on a fiber of its own: when its call is
// cancelled, or the capability revoked, it waits no longer.
void Worker::park(const Parking& arm) {
  if (running != nullptr) return running->park(arm);
  const auto host_function = host_functions.find(loop::Loop::fiber());
  if (host_function != host_functions.end()) return host_function->second->park(arm);
  loop.park(arm);
}

}  // namespace cloche
