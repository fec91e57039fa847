// How one incarnation of a plugin gives way to another, or to none for a while, and its state goes along.

#include "supervision/slot.h"

#include <algorithm>
#include <utility>

namespace cloche::supervision {
namespace {

// What a plugin may export for this.
constexpr const char* kHealth = "health";
constexpr const char* kExportState = "exportState";
constexpr const char* kImportState = "importState";

template <class R, class... Args>
Result<R> ask(Instance& instance, const char* name, const Args&... args) {
  detail::StackCall<R, std::decay_t<const Args>...> call(args...);
  instance.call_export({}, name, call);
  return call.future().get();
}

Result<void> check_health(Instance& instance) {
  if (std::ranges::count(instance.exports(), kHealth) == 0) return {};
  const auto healthy = ask<Value>(instance, kHealth);
  if (!healthy) return healthy.error();
  if (*healthy != Value(false)) return {};
  return Error(Errc::threw, "its 'health' answers false");
}

bool carries_state(const Manifest& manifest) {
  return manifest.hot_reload == Manifest::HotReload::export_state;
}

Error named(std::string what, const Error& cause) {
  return Error(cause.code(), std::move(what) + ": " + cause.message()).because(cause);
}

}  // namespace

Future<void> Slot::reload(const std::filesystem::path& folder, const ReloadOptions& options) {
  return reload_from(
      [this, folder]() -> Result<Blueprint> {
        const auto now = blueprint();
        if (folder.empty() && now->folder.empty()) return *now;
        return parts_.host.open(folder.empty() ? now->folder : folder);
      },
      options);
}

Future<void> Slot::reload(Blueprint next, const ReloadOptions& options) {
  return reload_from([next = std::move(next)]() -> Result<Blueprint> { return next; }, options);
}

Future<void> Slot::reload_from(OpenBlueprint open, const ReloadOptions& options) {
  return ask_for([this, open = std::move(open), drain = options.drain] {
    auto done = exchange(open, drain);
    (done ? reloads_ : failed_reloads_).fetch_add(1, std::memory_order_relaxed);
    if (parts_.observer && done) parts_.observer->reloaded(info());
    if (parts_.observer && !done) parts_.observer->reload_failed(info(), done.error());
    return done;
  });
}

// The new version is loaded beside the old one, which serves until the new one is known to work.
Result<void> Slot::exchange(const OpenBlueprint& open, Duration drain) {
  std::optional<Result<Blueprint>> opened;
  aside([&] { opened.emplace(open()); });
  if (!*opened) return opened->error();
  const auto next = std::make_shared<const Blueprint>(std::move(**opened));
  if (next->manifest.id != info().id) {
    return Error(Errc::manifest_invalid, "'" + info().id +
                                             "' can only be reloaded from a plugin of that id, not '" +
                                             next->manifest.id + "'")
        .at(next->manifest.where);
  }
  if (auto fits = parts_.host.check_neighbours(next->manifest); !fits) return fits;
  if (auto place = take_place(); !place) return place;
  auto done = replace(next, drain);
  if (!done && (state() == State::dead || state() == State::evicted)) leave_place();
  return done;
}

Result<void> Slot::replace(std::shared_ptr<const Blueprint> next, Duration drain) {
  const auto fresh = start(*next);
  if (!fresh) return fresh.error();
  const auto instance = (*fresh)->instance();
  auto done = hand_over(*fresh, std::move(next), drain);
  if (!done && instance) static_cast<void>(instance->unload().get());
  return done;
}

Result<void> Slot::hand_over(const std::shared_ptr<Incarnation>& fresh, std::shared_ptr<const Blueprint> next,
                             Duration drain) {
  if (fresh->crash()) return *fresh->crash();
  const auto instance = fresh->instance();
  if (auto healthy = check_health(*instance); !healthy)
    return named("the new version is not healthy", healthy.error());
  const auto old = incarnation_ ? incarnation_->instance() : nullptr;
  const bool carry = carries_state(blueprint_->manifest) && carries_state(next->manifest) && (old || saved_);
  if (carry) {
    const auto state = take_state(old.get(), drain);
    const auto taken = state ? ask<void>(*instance, kImportState, *state) : Result<void>(state.error());
    if (!taken) {
      let_go();
      return named("the state cannot be handed over", taken.error());
    }
  }
  if (auto up = put_up(fresh, std::move(next)); !up) {
    let_go();
    return up;
  }
  history_.clear();
  saved_.reset();
  if (old) retire(old, carry ? Duration::zero() : drain);
  return {};
}

// From here on calls wait, for what the old one still did after it gave its state away would be lost.
Result<Value> Slot::take_state(Instance* old, Duration drain) {
  if (old == nullptr) return *saved_;
  if (!hold()) return *refusal_;
  static_cast<void>(old->drain(loop::after(loop::Clock::now(), drain)).get());
  return ask<Value>(*old, kExportState);
}

bool Slot::hold() {
  const std::scoped_lock lock(mutex_);
  if (state() != State::up) return false;
  state_.store(State::held);
  current_ = nullptr;
  return true;
}

// The incarnation that was held stays in charge.
void Slot::let_go() {
  if (state() != State::held) return;
  const std::shared_ptr<Instance> instance = incarnation_->instance();
  std::vector<std::pair<QueuedCall, Error>> refused;
  instance->resume();
  {
    const std::scoped_lock lock(mutex_);
    if (state() != State::held) return;
    state_.store(State::up);
    hand_parked_to(*instance, refused);
  }
  current_ = instance.get();
  for (const auto& [call, error] : refused) call.outgoing->fail(error);
}

void Slot::retire(const std::shared_ptr<Instance>& old, Duration drain) {
  retiring_ = old;
  if (drain > Duration::zero()) static_cast<void>(old->drain(loop::after(loop::Clock::now(), drain)).get());
  static_cast<void>(old->unload().get());
  retiring_.reset();
}

bool Slot::evictable() const { return state() == State::up && carries_state(blueprint()->manifest); }

// Not queued behind other operations: whoever is busy is not the one to be evicted.
Future<void> Slot::evict() {
  const std::scoped_lock lock(mutex_);
  const Error busy(Errc::cancelled, "the plugin '" + identity_.info.id + "' is in use");
  if (state() != State::up) return Result<void>(busy);
  const Promise<void> done;
  parts_.worker.loop.post(
      [self = shared_from_this(), done, busy] {
        if (!self->operations_.empty()) return done.settle(busy);
        self->operate([self = self.get(), done] { done.settle(self->give_way()); });
      },
      loop::Rank::interactive);
  return done.future();
}

Result<void> Slot::give_way() {
  const Error busy(Errc::cancelled, "the plugin '" + info().id + "' is in use");
  const auto old = incarnation_ ? incarnation_->instance() : nullptr;
  if (!old || !old->idle() || !hold()) return busy;
  if (!old->idle()) {  // a call came before the gate was shut
    let_go();
    return busy;
  }
  auto state = ask<Value>(*old, kExportState);
  {
    const std::scoped_lock lock(mutex_);
    if (state && state_ == State::held && parked_.empty()) {
      state_.store(State::evicted);
      incarnation_.reset();
    }
  }
  if (this->state() != State::evicted) {
    let_go();
    return state ? busy : state.error();
  }
  saved_ = std::move(*state);
  retire(old, {});
  leave_place();
  evictions_.fetch_add(1, std::memory_order_relaxed);
  if (parts_.observer) parts_.observer->evicted(info());
  return {};
}

// A call came for one that was evicted.
void Slot::wake() {
  if (state() != State::evicted) return;
  const auto back = bring_back();
  if (back) return;
  const Error error = named("the plugin could not be brought back", back.error());
  fail_parked(error);
  if (back.error().code() == Errc::quota) return;  // no place for it: none of its doing
  history_.note(loop::Clock::now());
  if (history_.too_many()) quarantine(error);
}

Result<void> Slot::bring_back() {
  if (auto place = take_place(); !place) return place;
  const auto blueprint = blueprint_;
  auto next = start(*blueprint);
  if (!next) return leave_place(), next.error();
  const auto instance = (*next)->instance();
  auto back =
      (*next)->crash() ? Result<void>(*(*next)->crash()) : ask<void>(*instance, kImportState, *saved_);
  if (back) back = put_up(*next, blueprint);
  if (back) {
    saved_.reset();
  } else {
    if (instance) static_cast<void>(instance->unload().get());
    leave_place();
  }
  return back;
}

}  // namespace cloche::supervision
