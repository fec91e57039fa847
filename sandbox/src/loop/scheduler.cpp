#include "loop/scheduler.h"

#include "loop/loop.h"

#include <algorithm>
#include <boost/fiber/operations.hpp>
#include <utility>

namespace cloche::loop {

using boost::fibers::context;

Scheduler::Scheduler(Loop& loop, std::chrono::nanoseconds slice) noexcept
    : loop_(loop), slice_(slice), ready_(slice) {}

void Scheduler::awakened(context* fiber, FiberPlace& place) noexcept {
  if (fiber->is_context(boost::fibers::type::dispatcher_context)) {
    dispatcher_ = fiber;
  } else if (loop_.polling() && fiber->is_context(boost::fibers::type::main_context)) {
    main_ = fiber;
  } else {
    ready_.push(place);
  }
}

context* Scheduler::pick_next() noexcept {
  const TimePoint now = Clock::now();
  const bool yields = std::exchange(yielding_, false);
  loop_.serve(now);
  if (main_ != nullptr && now >= loop_.poll_deadline()) {
    ready_.rest(now);
    return std::exchange(main_, nullptr);
  }
  if (dispatcher_ == nullptr || (!yields && now < dispatcher_due_)) {
    if (Place* next = ready_.pop(now)) return static_cast<FiberPlace*>(next)->fiber();
  }
  ready_.rest(now);
  if (dispatcher_ == nullptr) return std::exchange(main_, nullptr);
  dispatcher_due_ = now + slice_;
  return std::exchange(dispatcher_, nullptr);
}

bool Scheduler::has_ready_fibers() const noexcept {
  return main_ != nullptr || dispatcher_ != nullptr || !ready_.empty();
}

// Boost.Fiber calls this when no fiber is ready. Its own sleep queue is not used (Signal waits through the
// Loop's timers), but a host's fibers on this thread may use it.
void Scheduler::suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept {
  loop_.sleep_until(std::min(deadline, loop_.next_due()));
}

void Scheduler::notify() noexcept { loop_.wake(); }

// Boost.Fiber asks for the next fiber before the one that yields is ready. So the next is the dispatcher, which
// asks again when both are.
void Scheduler::yield() {
  place().yields();
  yielding_ = true;
  boost::this_fiber::yield();
}

// The thread's main fiber is the host's: it goes first wherever it does not poll.
boost::fibers::fiber_properties* Scheduler::new_properties(context* fiber) {
  const bool main = fiber->is_context(boost::fibers::type::main_context);
  return new FiberPlace(fiber, {nullptr, main ? Rank::first : Rank::interactive});
}

// A fiber that has never been ready has none yet, which may be true of the thread's main fiber.
Place& Scheduler::place() {
  context* const fiber = context::active();
  if (fiber->get_properties() == nullptr) fiber->set_properties(new_properties(fiber));
  return static_cast<FiberPlace&>(*fiber->get_properties());
}

}  // namespace cloche::loop
