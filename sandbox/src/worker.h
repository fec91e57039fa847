#pragma once

#include "idle_time.h"
#include "loop/blocking_pool.h"
#include "loop/loop.h"
#include "loop/loop_reactor.h"
#include "loop/monitor.h"
#include "loop/signal_stack.h"

#include <cloche/call.h>
#include <cloche/future.h>
#include <cloche/limits.h>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace cloche {

namespace js {
class IsolateHome;
class Runner;
}  // namespace js

/// What runs the instances of one thread: its fibers, what the monitor sees of it, and where blocking work
/// goes. Made and destroyed on its thread, which it turns into one whose waits for a Future park a fiber.
class Worker final : private Parker {
  Duration cpu_read_{};  // here, because the loop's fibers use it until they have ended
  clockid_t cpu_clock_{};

 public:
  Worker(loop::Monitor& monitor_of_all, loop::BlockingPool& blocking_of_all, Duration idle_after);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() override;

  /// The calling thread's Worker, or null. May be asked in a signal handler.
  [[nodiscard]] static Worker* of_thread() noexcept;

  /// The thread's CPU clock: exact, but slow to read.
  [[nodiscard]] Duration read_cpu() noexcept;
  /// What it was when it was last read.
  [[nodiscard]] Duration cpu_read() const noexcept { return cpu_read_; }

  /// The thread's CPU clock, read from any thread while this lives.
  [[nodiscard]] Duration cpu_from_afar() const noexcept;

  loop::Monitor& monitor;
  loop::BlockingPool& blocking;
  loop::Meter meter;
  loop::SignalStack signal_stack;
  IdleTime idle_time;
  js::Runner* running = nullptr;  ///< whose isolate is entered now
  /// The fibers that run host functions, and for which calls.
  std::unordered_map<const void*, Call*> host_functions;
  std::map<std::string, std::weak_ptr<js::IsolateHome>> groups;  ///< who shares an isolate here
  loop::Loop loop;  ///< its fibers use what is above until they have ended
  loop::LoopReactor reactor{loop};

 private:
  void park(const Parking& arm) override;

  Parker* outer_;
  Worker* outer_worker_;
};

}  // namespace cloche
