#pragma once

#include "loop/blocking_pool.h"
#include "loop/loop.h"
#include "loop/monitor.h"
#include "loop/signal_stack.h"

#include <chrono>
#include <cloche/future.h>
#include <map>
#include <memory>
#include <string>

namespace cloche {

namespace js {
class IsolateHome;
class Runner;
}  // namespace js

/// What runs the instances of one thread: its fibers, what the monitor sees of it, and where blocking work
/// goes. Made and destroyed on its thread, which it turns into one whose waits for a Future park a fiber.
class Worker final : private Parker {
 public:
  Worker(loop::Monitor& monitor_of_all, loop::BlockingPool& blocking_of_all);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() override;

  /// The calling thread's Worker, or null. May be asked in a signal handler.
  [[nodiscard]] static Worker* of_thread() noexcept;

  /// Runs fibers of a thread that has other things to do; see Host::poll.
  bool poll(std::chrono::microseconds budget);

  loop::Monitor& monitor;
  loop::BlockingPool& blocking;
  loop::Meter meter;
  loop::SignalStack signal_stack;
  js::Runner* running = nullptr;                                 ///< whose isolate is entered now
  std::map<std::string, std::weak_ptr<js::IsolateHome>> groups;  ///< who shares an isolate here
  loop::Loop loop;  ///< last: its fibers use what is above until they have ended

 private:
  void park(const std::function<void(std::function<void()> wake)>& arm) override;

  Parker* outer_;
  Worker* outer_worker_;
};

}  // namespace cloche
