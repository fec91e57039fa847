// A slot as handles see it: calls, and how operations get their turn.

#include "supervision/slot.h"

#include "metered_call.h"

#include <algorithm>
#include <utility>

namespace cloche::supervision {
namespace {

// An identity for a plugin that has none yet.
Identity first_identity(const Manifest& manifest) {
  return {{manifest.id, manifest.name, to_string(manifest.version)}, {}, {}};
}

}  // namespace

Slot::Slot(SlotParts parts)
    : parts_(std::move(parts)),
      loop_(&parts_.worker.loop),
      used_(parts_.census.now()),
      blueprint_(parts_.blueprint),
      identity_(first_identity(blueprint_->manifest)),
      history_(parts_.options.supervision, parts_.random),
      hurry_(parts_.worker.loop),
      left_(parts_.worker.loop) {}

PluginInfo Slot::info() const {
  const std::scoped_lock lock(mutex_);
  return identity_.info;
}

Grants Slot::grants() const {
  const std::scoped_lock lock(mutex_);
  return identity_.grants;
}

std::vector<std::string> Slot::exports() const {
  const std::scoped_lock lock(mutex_);
  return identity_.exports;
}

std::shared_ptr<const Blueprint> Slot::blueprint() const {
  const std::scoped_lock lock(mutex_);
  return blueprint_;
}

Life Slot::life() const {
  const auto shown = [](State state) {
    switch (state) {
      case State::loading:
      case State::up:
      case State::held: return Life::State::running;
      case State::down: return Life::State::restarting;
      case State::dead: return Life::State::quarantined;
      case State::evicted: return Life::State::evicted;
      case State::closing:
      case State::closed: break;
    }
    return Life::State::unloaded;
  };
  return {shown(state()),  crashes_.load(),        restarts_.load(),
          reloads_.load(), failed_reloads_.load(), evictions_.load()};
}

std::shared_ptr<Usage> Slot::usage() const {
  const std::scoped_lock lock(mutex_);
  return usage_;
}

Statistics Slot::statistics() const {
  const std::scoped_lock lock(mutex_);
  Statistics all = counted_ ? counted_->statistics() : usage_->statistics();
  all.crashes = crashes_.load();
  all.restarts = restarts_.load();
  return all;
}

// The way of calls that cannot go straight to the instance: from other threads, and while there is none. They
// are counted for the instance that is in charge when they come, or was last, and shown to the observer before
// and after the lock is held.
void Slot::submit(const CallOptions& options, QueuedCall::Kind kind, std::string_view name,
                  detail::Outgoing& outgoing) {
  if (loop::Loop::current() == loop_ && state() == State::held && incarnation_) {
    const auto instance = incarnation_->instance();
    // What a reload waits for must not wait for the reload.
    if (instance && instance->inside() && kind == QueuedCall::Kind::call_export)
      return instance->call_export(options, name, outgoing);
    if (instance && instance->inside()) return instance->read_export(name, outgoing);
  }
  const std::shared_ptr<Usage> usage = this->usage();
  const std::shared_ptr<detail::Outgoing> heap = MeteredCall(*usage, name, outgoing).to_heap(true);
  auto refused = admit_call({kind, std::string(name), options, heap});
  if (!refused) return;
  if (refused->code() == Errc::mailbox_limit) usage->hit(Limit::mailbox);
  heap->fail(std::move(*refused));
}

// Under the lock until the call is in a mailbox, so that none reaches an instance that was exchanged. Nobody
// waits for the call yet, so failing it would run no code of the host's.
std::optional<Error> Slot::admit_call(QueuedCall call) {
  const std::scoped_lock lock(mutex_);
  if (state() == State::up) {
    parts_.census.tick();
    used_.store(parts_.census.now(), std::memory_order_relaxed);
    return incarnation_->instance()->queue(call);
  }
  if (parks()) return park(std::move(call));
  return refusal_;
}

bool Slot::parks() const noexcept {
  switch (state()) {
    case State::loading:
    case State::held:
    case State::evicted: return true;
    case State::down: return parts_.options.supervision.calls == WhileDown::wait;
    default: return false;
  }
}

std::optional<Error> Slot::park(QueuedCall call) {
  const Limits& limits = identity_.grants.limits;
  if (parked_.size() >= limits.mailbox) {
    return Error(Errc::mailbox_limit, "the plugin '" + identity_.info.id + "' has " +
                                          std::to_string(limits.mailbox) + " calls waiting already");
  }
  const Duration wall = std::min(call.options.wall, limits.wall_per_call);
  parked_.push_back({std::move(call), loop::after(loop::Clock::now(), wall)});
  const bool asleep = state() == State::evicted;
  parts_.worker.loop.post(
      [self = shared_from_this(), asleep] {
        self->watch_parked();
        if (asleep) self->operate([self] { self->wake(); });
      },
      loop::Rank::interactive);
  return std::nullopt;
}

// Fails the calls that have waited for too long, and comes back when the next one will have.
void Slot::watch_parked() {
  std::vector<QueuedCall> late;
  loop::TimePoint next = loop::TimePoint::max();
  {
    const std::scoped_lock lock(mutex_);
    const loop::TimePoint now = loop::Clock::now();
    std::erase_if(parked_, [&](Parked& parked) {
      if (parked.deadline > now) next = std::min(next, parked.deadline);
      if (parked.deadline <= now) late.push_back(std::move(parked.call));
      return parked.deadline <= now;
    });
  }
  auto& timers = parts_.worker.loop.deadlines();
  timers.cancel(parked_timer_);
  if (next != loop::TimePoint::max()) {
    parked_timer_ = timers.add(next, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->watch_parked();
    });
  }
  for (const QueuedCall& call : late)
    call.outgoing->fail({Errc::wall_limit, "the call took longer than it may"});
}

void Slot::fail_parked(const Error& error) {
  std::deque<Parked> parked;
  {
    const std::scoped_lock lock(mutex_);
    parked.swap(parked_);
  }
  for (const Parked& each : parked) each.call.outgoing->fail(error);
}

// Under the lock until it is posted: until the slot is closed the worker is there.
Future<void> Slot::ask_for(std::function<Result<void>()> operation) {
  const std::scoped_lock lock(mutex_);
  if (state() >= State::closing) return Result<void>(*refusal_);
  const Promise<void> done;
  parts_.worker.loop.post([self = shared_from_this(), operation = std::move(operation),
                           done] { self->operate([operation, done] { done.settle(operation()); }); },
                          loop::Rank::interactive);
  return done.future();
}

void Slot::operate(Operation operation) {
  operations_.push_back(std::move(operation));
  hurry_.notify();
  if (operations_.size() > 1) return;
  parts_.worker.loop.spawn([self = shared_from_this()] { self->run_operations(); },
                           {nullptr, loop::Rank::interactive});
}

void Slot::run_operations() {
  while (!operations_.empty()) {
    const Operation operation = std::move(operations_.front());
    operation();
    operations_.pop_front();
  }
}

}  // namespace cloche::supervision
