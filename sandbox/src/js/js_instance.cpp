#include "js/js_instance.h"

#include "js/errors.h"
#include "js/handle.h"
#include "js/realm.h"
#include "rights/rights_desk.h"

#include <utility>

namespace cloche::js {
namespace {

/// The load itself, as a call: its answer is the instance.
class Loading final : public detail::Outgoing {
 public:
  Loading(std::weak_ptr<Instance> instance, Promise<std::shared_ptr<Instance>> promise)
      : instance_(std::move(instance)), promise_(std::move(promise)) {}

  std::span<const ValueRef> write_arguments(ValueWriter&) override { return {}; }
  bool read_result(Inward&, ValueRef) override {
    promise_.settle(instance_.lock());
    return true;
  }
  void fail(Error error) override {
    promise_.settle(std::move(error));
    if (const auto instance = instance_.lock()) static_cast<void>(instance->unload());
  }
  std::unique_ptr<Outgoing> to_heap(bool) override { return nullptr; }

 private:
  std::weak_ptr<Instance> instance_;
  Promise<std::shared_ptr<Instance>> promise_;
};

}  // namespace

JsInstance::JsInstance(Worker& worker, InstanceParts parts, std::shared_ptr<IsolateHome> home,
                       std::shared_ptr<InstanceKeeper> keeper)
    : worker_(worker),
      parts_(std::move(parts)),
      keeper_(std::move(keeper)),
      home_(std::move(home)),
      runner_(home_->runner()),
      host_call_rate_(grants().limits.host_calls_per_second),
      share_(parts_.weight),
      work_(worker.loop),
      waits_(worker),
      fiber_services_(waits_),
      stack_services_(waits_, runner_, [this] { on_overdue(); }) {
  parts_.bindings.holdings().set_desk(this);
}

JsInstance::~JsInstance() = default;

void JsInstance::start(std::shared_ptr<detail::Outgoing> loaded) {
  home_->move_in(*this);
  const auto body = [self = shared_from_this(), loaded = std::move(loaded)] { self->main_fiber(loaded); };
  worker_.loop.spawn(body, {&share_, loop::Rank::interactive});
}

void JsInstance::main_fiber(std::shared_ptr<detail::Outgoing> loaded) {
  main_place_ = &worker_.loop.place();
  auto call = std::make_shared<WaitingCall>();
  call->outgoing = std::move(loaded);
  call->cpu = limits().cpu_per_call;
  call->deadline = loop::after(loop::Clock::now(), limits().wall_per_call);
  queued_.fetch_add(1, std::memory_order_relaxed);
  queue_call(std::move(call));
  if (wait_for_isolate()) make_world();
  run_turns();
  finish();
}

// Another of its group may be inside; false when it was closed meanwhile.
bool JsInstance::wait_for_isolate() {
  while (runner_.active() && state_.load(std::memory_order_relaxed) < State::closing) {
    home_->wait_until_free(*this);
    work_.wait();
  }
  return state_.load(std::memory_order_relaxed) < State::closing;
}

void JsInstance::make_world() {
  world_ = std::make_unique<World>();
  std::optional<Errc> stopped;
  home_->enter(*this, {}, [&] {
    const RealmOptions options{parts_.code_generation, parts_.web_assembly};
    world_->realm =
        std::make_unique<Realm>(home_->isolate(), home_->keys(), static_cast<Surroundings&>(*this),
                                parts_.bindings, *parts_.files, options);
    stopped = home_->take_stop();
  });
  if (stopped) close(limit_error(*stopped));  // the group has no room for it
}

bool JsInstance::take_engine_tasks() {
  return add_turn(TurnSource::engine_task, {[this](const Entered&) { home_->run_engine_tasks(); }, nullptr});
}

void JsInstance::run_microtasks_soon() {
  add_turn(TurnSource::host, {[](const Entered&) {}, nullptr});
}

void JsInstance::end_of_turn(const Entered& in) {
  if (!runner_.stop_reason() && nested_ == 0) world_->realm->rejections().report(in);
  const auto stopped = home_->take_stop();
  if (stopped && stopped != Errc::unloaded) keeper_->limited(*stopped);
  if (runner_.has_lasted() || runner_.last_used() >= look_at_heap_) note_memory();
  if (home_->take_buffer_refusal()) [[unlikely]]
    usage().hit(Limit::external);
}

// V8 takes about a microsecond to tell.
void JsInstance::note_memory() {
  constexpr std::chrono::milliseconds kOld{100};
  if (home_->shared()) {
    home_->estimate_heaps();
  } else {
    parts_.usage->heap.set(heap_used());
  }
  look_at_heap_ = runner_.last_used() + kOld;
}

std::uint64_t JsInstance::heap_used() const {
  v8::HeapStatistics heap;
  home_->isolate()->GetHeapStatistics(&heap);
  return heap.used_heap_size();
}

Statistics JsInstance::statistics() const {
  const State state = state_.load(std::memory_order_relaxed);
  const bool idle = loop::Loop::current() == &worker_.loop && state == State::ready && !runner_.active() &&
                    !runner_.crashed();
  if (idle && !home_->shared()) parts_.usage->heap.set(heap_used());
  Statistics all = parts_.usage->statistics();
  all.external.used = runner_.memory().external().used();
  all.mailbox.used = queued_.load(std::memory_order_relaxed);
  all.calls_outside = waiting_outside_.load(std::memory_order_relaxed);
  return all;
}

void JsInstance::run_turns() {
  while (state_.load(std::memory_order_relaxed) < State::closing) {
    if (drained_ && !calls_under_way()) settle_drained();
    if (turns_.empty()) {
      work_.wait();
      continue;
    }
    if (!wait_for_isolate() || turns_.empty()) continue;
    take_turn();
    stand();
    if (worker_.loop.should_make_way()) worker_.loop.yield();
  }
}

void JsInstance::take_turn() {
  const loop::Rank rank = urgent_ > 0 ? loop::Rank::interactive : loop::Rank::background;
  Turn turn = turns_.take();
  if (turn.call) {
    if (turn.call->rank == loop::Rank::interactive) --urgent_;
    queued_.fetch_sub(1, std::memory_order_relaxed);
    if (!outside_.empty()) admit_waiting();
    if (turn.call->over) return;
  }
  // While it runs, the main fiber's place is that of the stay.
  loop::Place* const place = std::exchange(main_place_, nullptr);
  perform_turn(turn, rank);
  main_place_ = place;
  runner_.charge();
}

void JsInstance::perform_turn(Turn& turn, loop::Rank rank) {
  const loop::Standing standing{&share_, rank};
  if (!turn.call) {
    return stay({limits().cpu_per_call, limits().wall_per_call, loop::TimePoint::max(), standing},
                [&](const Entered& in) {
                  turn.job(in);
                  world_->realm->run_microtasks();
                });
  }
  const std::shared_ptr<WaitingCall>& call = turn.call;
  stay({call->cpu, Duration::max(), call->deadline, standing},
       [&](const Entered& in) { perform(in, call->target, *call->outgoing, call); });
  if (!call->pending) worker_.loop.deadlines().cancel(call->timer);
}

bool JsInstance::add_turn(TurnSource source, Turn turn) {
  if (state_.load(std::memory_order_relaxed) >= State::closing) return false;
  if (turn.call && turn.call->rank == loop::Rank::interactive) ++urgent_;
  turns_.push(static_cast<std::size_t>(source), std::move(turn));
  wake();
  return true;
}

// The main fiber is as urgent as its next turn will be.
void JsInstance::stand() {
  const loop::Rank rank = urgent_ > 0 ? loop::Rank::interactive : loop::Rank::background;
  if (main_place_ != nullptr) worker_.loop.ready().move(*main_place_, rank);
}

void JsInstance::wake() {
  stand();
  work_.notify();
}

void JsInstance::enqueue(TurnSource source, std::function<void()> job) {
  if (loop::Loop::current() == &worker_.loop) {
    add_turn(source, {[job = std::move(job)](const Entered&) { job(); }, nullptr});
    return;
  }
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) >= State::closing) return;
  worker_.loop.post([self = shared_from_this(), source, job = std::move(job)]() mutable {
    self->enqueue(source, std::move(job));
  });
}

void JsInstance::spawn(std::function<void(CallServices&)> body) {
  parts_.usage->pending.set(++fibers_);
  const auto run = [self = shared_from_this(), body = std::move(body)] {
    body(self->fiber_services_);
    self->parts_.usage->pending.set(--self->fibers_);
    self->work_.notify();
  };
  worker_.loop.spawn(run, {&share_, runner_.rank()});
}

Function JsInstance::make_handle(std::uint64_t id, std::string name) {
  return Function(std::make_shared<Handle>(shared_from_this(), id, std::move(name)));
}

std::optional<std::uint64_t> JsInstance::handle_id(const Function& function) const {
  const auto handle = std::dynamic_pointer_cast<Handle>(function.target());
  if (!handle || !handle->is_of(*this)) return std::nullopt;
  return handle->id();
}

// Posted even from the plugin's own thread, behind the calls that were made with the handle.
void JsInstance::release_kept(std::uint64_t id) {
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) >= State::closing) return;
  worker_.loop.post([self = shared_from_this(), id] {
    self->enqueue(TurnSource::mailbox, [self = self.get(), id] { self->world_->realm->release(id); });
  });
}

void JsInstance::log(LogLevel level, std::string_view text) {
  if (parts_.log) parts_.log->write(info(), level, text);
}

void JsInstance::unhandled_rejection(const Error& error) {
  parts_.usage->rejections.add();
  log(LogLevel::error, "Uncaught " + to_string(error));
  if (parts_.observer) parts_.observer->unhandled_rejection(info(), error);
}

std::vector<std::string> JsInstance::exports() const {
  const std::scoped_lock lock(gate_);
  return exports_;
}

Future<void> JsInstance::unload() {
  const std::scoped_lock lock(gate_);
  if (state_.load(std::memory_order_relaxed) != State::closed) {
    const auto close = [self = shared_from_this()] {
      self->close({Errc::unloaded, "the plugin '" + self->info().id + "' was unloaded"});
    };
    worker_.loop.post(close, loop::Rank::interactive);
  }
  return unloaded_.future();
}

// Shuts the gate, fails what waits and ends what runs; the main fiber does the rest.
void JsInstance::close(Error reason) {
  {
    const std::scoped_lock lock(gate_);
    if (state_.load(std::memory_order_relaxed) >= State::closing) return;
    state_.store(State::closing);
    closing_ = reason;
    queued_.store(0, std::memory_order_relaxed);
    waiting_outside_.store(0, std::memory_order_relaxed);
  }
  urgent_ = 0;
  for (Turn& turn : turns_.take_all()) {
    if (turn.call) turn.call->outgoing->fail(reason);
  }
  for (const auto& call : std::exchange(outside_, {})) call->outgoing->fail(reason);
  for (auto& [id, call] : std::exchange(waiting_, {})) call->outgoing->fail(reason);
  home_->stop(*this, Errc::unloaded);
  waits_.cancel_all();
  settle_drained();
  work_.notify();
}

void JsInstance::isolate_crashed(bool inside) {
  usage().crashes.add();
  const std::string what = inside ? "the engine gave the plugin '" + info().id + "' up: it"
                                  : "the engine gave up the isolate that the plugin '" + info().id +
                                        "' shares with its trust group: another of the group";
  const Error error(Errc::crashed,
                    what + " ran out of memory in a place where that cannot be undone; it is quarantined");
  keeper_->crashed(error);
  for (detail::Outgoing* outgoing : std::exchange(performing_, {})) outgoing->fail(error);
  // The isolate is never entered again, so nothing that refers to it may be destroyed; but the loop's timers
  // refer to this.
  if (world_ && world_->realm) world_->realm->timers().disarm();
  static_cast<void>(world_.release());
  close(error);
  work_.notify();  // it may be closing already, and wait until nobody is inside
  log(LogLevel::error, to_string(error));
  if (parts_.observer) parts_.observer->crashed(info(), error);
}

void JsInstance::finish() {
  end_holdings();
  while (runner_.active() || fibers_ > 0) {
    if (runner_.active()) home_->wait_until_free(*this);
    work_.wait();
  }
  main_place_->exchange({});
  main_place_ = nullptr;
  worker_.loop.ready().forget(share_);
  if (world_) home_->enter(*this, {}, [this] { world_.reset(); });
  home_->move_out(*this);
  {
    const std::scoped_lock lock(gate_);
    state_.store(State::closed);
  }
  if (parts_.observer && told_loaded_) parts_.observer->unloaded(info());
  keeper_->gone();
  unloaded_.settle({});
}

}  // namespace cloche::js

namespace cloche {

Future<std::shared_ptr<Instance>> start_instance(Worker& worker, InstanceParts parts,
                                                 std::shared_ptr<InstanceKeeper> keeper) {
  Promise<std::shared_ptr<Instance>> promise;
  auto future = promise.future();
  auto held = std::make_shared<InstanceParts>(std::move(parts));
  const auto start = [&worker, held, keeper = std::move(keeper), promise = std::move(promise)]() mutable {
    auto home =
        js::IsolateHome::of(worker, held->group, held->bindings.grants().limits, held->contain_crashes);
    auto instance = std::make_shared<js::JsInstance>(worker, std::move(*held), std::move(home), keeper);
    keeper->made(instance);
    instance->rights().add(instance);
    instance->start(std::make_shared<js::Loading>(instance, std::move(promise)));
  };
  worker.loop.post(start, loop::Rank::interactive);
  return future;
}

}  // namespace cloche
