#pragma once

#include "loop/blocking_pool.h"
#include "loop/loop.h"
#include "loop/monitor.h"

#include <memory>

namespace cloche {

namespace js {
class Runner;
}

/// What runs the instances of one thread: its fibers, what the monitor sees of it, and where blocking work goes. Made and
/// destroyed on its thread.
struct Worker {
  Worker(loop::Monitor& monitor_of_all, loop::BlockingPool& blocking_of_all)
      : meter(monitor_of_all), monitor(monitor_of_all), blocking(blocking_of_all) {}

  /// Runs fibers of a thread that has other things to do; see Host::poll.
  bool poll(std::chrono::microseconds budget) {
    meter.set_poll_deadline(loop::after(loop::Clock::now(), budget));
    const bool more = loop.poll(budget);
    meter.set_poll_deadline(loop::TimePoint::max());
    return more;
  }

  loop::Loop loop;
  loop::Meter meter;
  loop::Monitor& monitor;
  loop::BlockingPool& blocking;
  js::Runner* running = nullptr;  ///< whose isolate is entered now
};

}  // namespace cloche
