#include "loop/scheduler.h"

#include "loop/loop.h"

#include <algorithm>
#include <utility>

namespace cloche::loop {

using boost::fibers::context;

namespace {

// The dispatcher is Boost.Fiber's own and is ready whenever it does not run.
bool counts(const context* fiber) noexcept {
  return !fiber->is_context(boost::fibers::type::dispatcher_context);
}

}  // namespace

void Scheduler::awakened(context* fiber) noexcept {
  if (loop_.polling() && fiber->is_context(boost::fibers::type::main_context)) {
    main_ = fiber;
    return;
  }
  // What is due goes first: it takes little time, and others wait for what it brings.
  if (loop_.waking_server()) {
    ready_.push_front(*fiber);
  } else {
    fiber->ready_link(ready_);
  }
  if (counts(fiber)) loop_.note_ready(+1);
}

context* Scheduler::take_main() noexcept { return std::exchange(main_, nullptr); }

context* Scheduler::pick_next() noexcept {
  loop_.serve();
  if (main_ != nullptr && loop_.poll_is_over()) return take_main();
  if (ready_.empty()) return take_main();
  context* next = &ready_.front();
  ready_.pop_front();
  if (counts(next)) loop_.note_ready(-1);
  return next;
}

bool Scheduler::has_ready_fibers() const noexcept { return main_ != nullptr || !ready_.empty(); }

// Boost.Fiber calls this when no fiber is ready. Its own sleep queue is not used (Signal waits through the
// Loop's timers), but a host's fibers on this thread may use it.
void Scheduler::suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept {
  loop_.sleep_until(std::min(deadline, loop_.timers().next()));
}

void Scheduler::notify() noexcept { loop_.wake(); }

}  // namespace cloche::loop
