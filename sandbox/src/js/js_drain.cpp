// What an instance tells of the work under way in it, and how it waits for its end.

#include "js/js_instance.h"

namespace cloche::js {

bool JsInstance::inside() const noexcept {
  return loop::Loop::current() == &worker_.loop && runner_.current();
}

bool JsInstance::calls_under_way() const noexcept {
  return queued_.load(std::memory_order_relaxed) > 0 || !waiting_.empty() || runner_.active();
}

bool JsInstance::idle() const noexcept {
  return state_.load(std::memory_order_relaxed) == State::ready && turns_.empty() && fibers_ == 0 &&
         !calls_under_way() && !world_->realm->keeps_functions();
}

// The main fiber looks whether calls are under way whenever it is woken, and is woken when one ends.
Future<void> JsInstance::drain(loop::TimePoint deadline) {
  {
    const std::scoped_lock lock(gate_);
    const State state = state_.load(std::memory_order_relaxed);
    if (state != State::ready && state != State::draining) return Result<void>();
    state_.store(State::draining);
  }
  settle_drained();
  drained_.emplace();
  drain_timer_ = worker_.loop.deadlines().add(deadline, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->settle_drained();
  });
  wake();
  return drained_->future();
}

void JsInstance::settle_drained() {
  if (!drained_) return;
  worker_.loop.deadlines().cancel(drain_timer_);
  const Promise<void> drained = std::move(*drained_);
  drained_.reset();
  drained.settle({});
}

void JsInstance::resume() {
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) == State::draining) state_.store(State::ready);
}

}  // namespace cloche::js
