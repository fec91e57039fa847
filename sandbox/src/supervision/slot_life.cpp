// A slot's incarnations: how they are started, replaced when they crash, and ended.

#include "supervision/slot.h"

#include <cloche/units.h>
#include <utility>

namespace cloche::supervision {

Future<void> Slot::load(InstanceParts parts) {
  usage_ = parts.usage;
  auto held = std::make_shared<InstanceParts>(std::move(parts));
  return ask_for([this, held]() -> Result<void> {
    auto first = start(std::move(*held));
    auto loaded = first ? put_up(*first, blueprint_) : Result<void>(first.error());
    if (!loaded) {
      {
        const std::scoped_lock lock(mutex_);
        refusal_ = loaded.error();
        state_.store(State::closing);
      }
      close({});
    }
    return loaded;
  });
}

// Runs `job()` on a thread that may block; other fibers run meanwhile.
void Slot::aside(const std::function<void()>& job) {
  loop::Signal done(parts_.worker.loop);
  parts_.worker.blocking.run([&] {
    job();
    parts_.worker.loop.post([&done] { done.notify(); }, loop::Rank::interactive);
  });
  done.wait();
}

Result<std::shared_ptr<Incarnation>> Slot::start(const Blueprint& blueprint) {
  std::optional<Result<InstanceParts>> parts;
  aside([&] { parts.emplace(parts_.host.build(blueprint, parts_.options)); });
  if (!*parts) return parts->error();
  return start(std::move(**parts));
}

Result<std::shared_ptr<Incarnation>> Slot::start(InstanceParts parts) {
  if (state() >= State::closing) return *refusal_;
  const auto incarnation = std::make_shared<Incarnation>(shared_from_this(), parts);
  ++incarnations_;
  starting_ = incarnation;
  const auto started = start_instance(parts_.worker, std::move(parts), incarnation).get();
  starting_.reset();
  if (!started) return started.error();
  // Closing the slot may have ended it before this fiber got to know that it was loaded.
  if (!incarnation->instance() && !incarnation->crash()) return *refusal_;
  return incarnation;
}

// It may have crashed since it was loaded, and the slot may have been closed; then it is ended, for nobody else
// knows of it.
Result<void> Slot::put_up(const std::shared_ptr<Incarnation>& next,
                          std::shared_ptr<const Blueprint> blueprint) {
  auto up = put_in_charge(next, std::move(blueprint));
  if (const auto instance = next->instance(); !up && instance) static_cast<void>(instance->unload().get());
  return up;
}

// And gives it the calls that waited, in their order.
Result<void> Slot::put_in_charge(const std::shared_ptr<Incarnation>& next,
                                 std::shared_ptr<const Blueprint> blueprint) {
  if (next->crash()) return *next->crash();
  const std::shared_ptr<Instance> instance = next->instance();
  std::vector<std::pair<QueuedCall, Error>> refused;
  {
    const std::scoped_lock lock(mutex_);
    if (state() >= State::closing) return *refusal_;
    incarnation_ = next;
    blueprint_ = std::move(blueprint);
    identity_ = next->identity();
    identity_.exports = instance->exports();
    counted_ = instance;
    usage_ = next->usage();
    refusal_.reset();
    state_.store(State::up);
    hand_parked_to(*instance, refused);
  }
  current_ = instance.get();
  for (const auto& [call, error] : refused) call.outgoing->fail(error);
  return {};
}

// Under the lock, so that calls which come now stay behind.
void Slot::hand_parked_to(Instance& instance, std::vector<std::pair<QueuedCall, Error>>& refused) {
  const loop::TimePoint now = loop::Clock::now();
  for (Parked& parked : std::exchange(parked_, {})) {
    parked.call.options.wall = std::max(Duration::zero(), Duration(parked.deadline - now));
    if (auto error = instance.queue(parked.call)) refused.emplace_back(std::move(parked.call), *error);
  }
}

// Nothing is in charge any more; `why` is what calls are told that do not wait for what comes next.
void Slot::take_down(State next, const Error& why) {
  current_ = nullptr;
  bool waiting = false;
  {
    const std::scoped_lock lock(mutex_);
    if (state() >= State::closing) return;
    state_.store(next);
    incarnation_.reset();
    counted_.reset();
    refusal_ = why;
    waiting = parks();
  }
  if (!waiting) fail_parked(why);
  if (next == State::dead) leave_place();
}

Result<void> Slot::take_place() {
  if (has_place_) return {};
  auto place = parts_.census.admit();
  if (place) has_place_ = true;
  return place;
}

void Slot::leave_place() {
  if (std::exchange(has_place_, false)) parts_.census.leave();
}

void Slot::on_crash(const Incarnation& which, const Error& error) {
  crashes_.fetch_add(1, std::memory_order_relaxed);
  if (incarnation_.get() == &which) count_failure(error);
}

// A limit ended a call in the middle of what it did. What the plugin still does is ended too, but not from
// inside.
void Slot::on_limit(const Incarnation& which, Errc limit) {
  if (parts_.options.supervision.restart != Restart::always || incarnation_.get() != &which) return;
  parts_.worker.loop.post(
      [self = shared_from_this(), known = incarnation_, limit] {
        if (self->incarnation_ != known || self->state() != State::up) return;
        const auto instance = known->instance();
        self->count_failure(
            {limit, "a call of the plugin '" + self->identity_.info.id + "' was ended by a limit"});
        static_cast<void>(instance->unload());
      },
      loop::Rank::interactive);
}

void Slot::on_gone() {
  --incarnations_;
  left_.notify();
}

// One more crash, or restart that failed: what comes next.
void Slot::count_failure(const Error& error) {
  history_.note(loop::Clock::now());
  if (parts_.options.supervision.restart == Restart::never) return take_down(State::dead, error);
  if (history_.too_many()) return quarantine(error);
  const std::string text = "the plugin '" + identity_.info.id + "' crashed and is being restarted";
  take_down(State::down, Error(Errc::crashed, text).because(error));
  operate([this] { recover(); });
}

void Slot::quarantine(const Error& cause) {
  const std::string text = "the plugin '" + identity_.info.id + "' crashed " +
                           std::to_string(history_.crashes()) + " times within " +
                           format_duration(parts_.options.supervision.window) +
                           " and is quarantined; restart or reload it when what made it crash is gone";
  const Error quarantined = Error(Errc::crashed, text).because(cause);
  take_down(State::dead, quarantined);
  operate([this, quarantined] {
    if (parts_.observer) parts_.observer->quarantined(info(), quarantined);
  });
}

// After a crash: one attempt, when its time has come. Other operations go first.
void Slot::recover() {
  if (state() != State::down) return;
  const Duration delay = history_.back_off();
  if (parts_.observer) parts_.observer->restarting(info(), history_.crashes(), delay);
  if (!pause_until(loop::after(loop::Clock::now(), delay))) return operate([this] { recover(); });
  const auto blueprint = blueprint_;
  auto next = start(*blueprint);
  auto up = next ? put_up(*next, blueprint) : Result<void>(next.error());
  if (state() >= State::closing) return;
  if (!up) return count_failure(up.error());
  came_back();
}

// False when another operation waits.
bool Slot::pause_until(loop::TimePoint deadline) {
  while (operations_.size() == 1) {
    if (!hurry_.wait_until(deadline)) return true;
  }
  return false;
}

void Slot::came_back() {
  restarts_.fetch_add(1, std::memory_order_relaxed);
  if (parts_.observer) parts_.observer->restarted(info());
  parts_.host.restarted(info().id);
}

Future<void> Slot::restart() {
  return ask_for([this] { return start_anew(); });
}

Result<void> Slot::start_anew() {
  if (auto place = take_place(); !place) return place;
  const auto old = incarnation_ ? incarnation_->instance() : nullptr;
  saved_.reset();
  history_.clear();
  take_down(State::down, {Errc::crashed, "the plugin '" + identity_.info.id + "' is being restarted"});
  if (old) static_cast<void>(old->unload().get());
  const auto blueprint = blueprint_;
  auto next = start(*blueprint);
  auto up = next ? put_up(*next, blueprint) : Result<void>(next.error());
  if (up) {
    came_back();
  } else if (state() < State::closing) {
    count_failure(up.error());
  }
  return up;
}

Future<void> Slot::unload(const UnloadOptions& options) {
  const std::scoped_lock lock(mutex_);
  if (state() == State::closed) return unloaded_.future();
  if (state() < State::closing) {
    if (state() != State::dead)
      refusal_ = Error(Errc::unloaded, "the plugin '" + identity_.info.id + "' was unloaded");
    state_.store(State::closing);
  }
  parts_.worker.loop.post([self = shared_from_this(), drain = options.drain] { self->close(drain); },
                          loop::Rank::interactive);
  return unloaded_.future();
}

// The gate is shut. Ends what an operation may be waiting for, and has the rest done after it.
void Slot::close(Duration drain) {
  current_ = nullptr;
  fail_parked(*refusal_);
  hurry_.notify();
  const auto end = [](const std::shared_ptr<Instance>& instance) {
    if (instance) static_cast<void>(instance->unload());
  };
  if (starting_) end(starting_->instance());
  if (drain <= Duration::zero()) {
    end(retiring_);
    if (incarnation_) end(incarnation_->instance());
  }
  if (!std::exchange(closing_, true)) operate([this, drain] { finish(drain); });
}

void Slot::finish(Duration drain) {
  if (incarnation_ && incarnation_->instance()) retire(incarnation_->instance(), drain);
  while (incarnations_ > 0) left_.wait();
  parts_.worker.loop.deadlines().cancel(parked_timer_);
  leave_place();
  saved_.reset();
  {
    const std::scoped_lock lock(mutex_);
    incarnation_.reset();
    counted_.reset();
    state_.store(State::closed);
  }
  parts_.gone();
  unloaded_.settle({});
}

}  // namespace cloche::supervision
