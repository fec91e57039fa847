#pragma once

#include "instance.h"
#include "js/isolate_home.h"
#include "js/realm.h"
#include "js/runner.h"
#include "js/scope.h"
#include "js/services.h"
#include "loop/ready_queue.h"
#include "loop/rounds.h"
#include "loop/signal.h"
#include "surroundings.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace cloche::js {

/// What a call is about: an export to be called or read, a kept function to be called, or the main module to
/// be run.
struct Target {
  enum class Kind : std::uint8_t { call_export, read_export, call_kept, run_main };
  Kind kind = Kind::run_main;
  std::string_view name;
  std::uint64_t id = 0;
};

/// An instance in an isolate. Its main fiber takes turns, in rounds: calls, timers that fired, host functions
/// that finished, tasks of the engine. A turn enters the isolate, runs, and then runs microtasks. A turn is
/// interactive while a call that somebody waits for is in the mailbox, and of the background otherwise. A call
/// made on the worker's thread while the instance is idle is a turn of its own and does
/// not wait for the queue.
///
/// Life: `start` → loading → ready ⇄ draining → closing → closed. Draining waits for the calls under way;
/// closing fails what waits, ends what runs, waits for host functions under way and leaves the isolate. An
/// instance that crashed closes too, but its isolate is
/// kept for ever, untouched.
class JsInstance final : public Instance,
                         private Surroundings,
                         private Tenant,
                         private PermissionDesk,
                         public std::enable_shared_from_this<JsInstance> {
 public:
  JsInstance(Worker& worker, InstanceParts parts, std::shared_ptr<IsolateHome> home,
             std::shared_ptr<InstanceKeeper> keeper);
  ~JsInstance() override;

  /// On the worker's thread: moves into the isolate, makes the realm and runs the main module; `loaded` is settled with that.
  void start(std::shared_ptr<detail::Outgoing> loaded);

  [[nodiscard]] const PluginInfo& info() const noexcept override { return parts_.bindings.plugin(); }
  [[nodiscard]] const Grants& grants() const noexcept override { return parts_.bindings.grants(); }
  [[nodiscard]] std::vector<std::string> exports() const override;
  void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) override;
  void read_export(std::string_view name, detail::Outgoing& outgoing) override;
  [[nodiscard]] std::optional<Error> queue(const QueuedCall& call) override;
  [[nodiscard]] Statistics statistics() const override;
  Future<void> unload() override;
  [[nodiscard]] const Manifest& manifest() const noexcept override { return *parts_.manifest; }
  void revoke(std::string_view pattern) override;
  void regrant(Grants grants) override;
  [[nodiscard]] bool inside() const noexcept override;
  [[nodiscard]] bool idle() const noexcept override;
  [[nodiscard]] Future<void> drain(loop::TimePoint deadline) override;
  void resume() override;

  [[nodiscard]] RightsDesk& rights() const noexcept { return *parts_.rights; }

  /// A call of the function that was kept under `id`, and the end of the last handle of it. Any thread.
  void call_kept(std::uint64_t id, std::string_view name, detail::Outgoing& outgoing);
  void release_kept(std::uint64_t id);

 private:
  enum class State : std::uint8_t { loading, ready, draining, closing, closed };
  struct World;

  /// A call that waits: for its turn, or for its promise.
  struct WaitingCall {
    std::shared_ptr<detail::Outgoing> outgoing;
    Target target;
    std::string name;  // what target.name refers to
    WhenFull when_full = WhenFull::refuse;
    Duration cpu{};
    loop::TimePoint deadline;
    loop::Rank rank = loop::Rank::interactive;
    loop::Timers::Id timer;
    bool pending = false;  // it has had its turn, and waits for its promise
    bool over = false;     // its deadline passed
  };
  struct Turn {
    std::function<void(const Entered&)> job;
    std::shared_ptr<WaitingCall> call;  // instead of a job
  };

  // Surroundings
  [[nodiscard]] const PluginInfo& plugin() const noexcept override { return info(); }
  [[nodiscard]] const Limits& limits() const noexcept override { return grants().limits; }
  [[nodiscard]] Worker& worker() noexcept override { return worker_; }
  [[nodiscard]] Usage& usage() noexcept override { return *parts_.usage; }
  [[nodiscard]] RateLimit& host_call_rate() noexcept override { return host_call_rate_; }
  void enqueue(TurnSource source, std::function<void()> job) override;
  void spawn(std::function<void(CallServices&)> body) override;
  [[nodiscard]] std::uint64_t under_way() const noexcept override { return fibers_; }
  [[nodiscard]] StackServices& sync_services() noexcept override { return stack_services_; }
  [[nodiscard]] AuditSink* audit() noexcept override { return parts_.audit.get(); }
  [[nodiscard]] Function make_handle(std::uint64_t id, std::string name) override;
  [[nodiscard]] std::optional<std::uint64_t> handle_id(const Function& function) const override;
  void log(LogLevel level, std::string_view text) override;
  void heap_estimated(ByteCount bytes) override { parts_.usage->heap.set(bytes); }
  void unhandled_rejection(const Error& error) override;

  // Tenant
  void isolate_is_free() override { work_.notify(); }
  void isolate_crashed(bool inside) override;
  bool take_engine_tasks() override;
  void run_microtasks_soon() override;

  // Life: js_instance.cpp
  void main_fiber(std::shared_ptr<detail::Outgoing> loaded);
  [[nodiscard]] bool wait_for_isolate();
  void make_world();
  void run_turns();
  void take_turn();
  void perform_turn(Turn& turn, loop::Rank rank);
  bool add_turn(TurnSource source, Turn turn);
  void stand();
  void wake();
  void close(Error reason);
  void finish();

  // Rights: js_rights.cpp
  [[nodiscard]] Future<Permission> request(std::string_view capability) override;
  void post(std::function<void()> job);
  void run_or_post(std::function<void()> job);
  void adopt(const Decision& decision, const Grant* grant);
  void await_expiry();
  void note_change(const Holding& holding, AuditEvent::Kind kind);
  void end_holdings();

  /// Enters the isolate for `f(entered)`, which runs the microtasks too, and ends the turn that this was.
  template <class F>
  void stay(Budget budget, F f);
  void end_of_turn(const Entered& in);
  void note_memory();
  [[nodiscard]] std::uint64_t heap_used() const;

  // Draining: js_drain.cpp
  [[nodiscard]] bool calls_under_way() const noexcept;
  void settle_drained();

  // Calls: js_calls.cpp
  void submit(const CallOptions& options, const Target& target, detail::Outgoing& outgoing);
  void answer_nested(const Target& target, detail::Outgoing& outgoing);
  void catch_up();
  void submit_from_afar(const CallOptions& options, const Target& target,
                        std::shared_ptr<detail::Outgoing> heap);
  [[nodiscard]] std::shared_ptr<WaitingCall> waiting_call(const CallOptions& options, const Target& target,
                                                          std::shared_ptr<detail::Outgoing> heap) const;
  [[nodiscard]] std::optional<Error> post_call(const std::shared_ptr<WaitingCall>& call);
  void queue_call(std::shared_ptr<WaitingCall> call);
  void wait_outside(std::shared_ptr<WaitingCall> call);
  void admit_waiting();
  void perform(const Entered& in, const Target& target, detail::Outgoing& outgoing,
               const std::shared_ptr<WaitingCall>& call);
  [[nodiscard]] Result<v8::Local<v8::Value>> produce(const Entered& in, const Target& target,
                                                     detail::Outgoing& outgoing, const v8::TryCatch& caught);
  [[nodiscard]] Result<v8::Local<v8::Value>> call_function(const Entered& in,
                                                           v8::Local<v8::Function> function,
                                                           detail::Outgoing& outgoing,
                                                           const v8::TryCatch& caught);
  [[nodiscard]] Result<v8::Local<v8::Function>> exported_function(const Entered& in, std::string_view name);
  void settle(const Entered& in, detail::Outgoing& outgoing, const std::shared_ptr<WaitingCall>& call,
              v8::Local<v8::Value> value, const v8::TryCatch& caught);
  void await(const Entered& in, std::shared_ptr<WaitingCall> call, v8::Local<v8::Promise> promise);
  static void on_settled(const v8::FunctionCallbackInfo<v8::Value>& info, bool fulfilled);
  void deliver(const Entered& in, detail::Outgoing& outgoing, v8::Local<v8::Value> value,
               const v8::TryCatch& caught);
  void become_ready(const Entered& in);
  void watch_deadline(const std::shared_ptr<WaitingCall>& call);
  void on_overdue();
  [[nodiscard]] Error failure(const Entered& in, const v8::TryCatch& caught);
  [[nodiscard]] Error limit_error(Errc reason) const;
  [[nodiscard]] Error not_ready_error() const;

  Worker& worker_;
  InstanceParts parts_;
  std::shared_ptr<InstanceKeeper> keeper_;
  const std::shared_ptr<IsolateHome> home_;
  Runner& runner_;  // of home_
  RateLimit host_call_rate_;
  loop::Timers::Id expiry_timer_;
  std::unique_ptr<World> world_;

  loop::Share share_;
  loop::Signal work_;                                 // the main fiber waits on it
  loop::Rounds<Turn, 4> turns_;                       // a queue for each TurnSource
  std::size_t urgent_ = 0;                            // how many of them are calls somebody waits for
  loop::Place* main_place_ = nullptr;                 // the main fiber's, between its turns
  std::deque<std::shared_ptr<WaitingCall>> outside_;  // calls for which the mailbox has no room yet
  std::vector<detail::Outgoing*> performing_;         // the calls on the stack, outermost first
  int nested_ = 0;  // how many of them began while its own code was on the stack
  std::map<std::uint64_t, std::shared_ptr<WaitingCall>> waiting_;  // calls whose promise is pending
  std::uint64_t last_waiting_ = 0;
  bool told_loaded_ = false;              // to the observer
  std::optional<Promise<void>> drained_;  // while it drains
  loop::Timers::Id drain_timer_;
  loop::TimePoint look_at_heap_{};  // the next turn from then on ends with a look at the heap's size

  Waits waits_;
  FiberServices fiber_services_;
  StackServices stack_services_;
  std::uint64_t fibers_ = 0;  // host functions on fibers of their own

  // Other threads ask these.
  mutable std::mutex gate_;
  std::atomic<State> state_{State::loading};  // written under gate_
  std::optional<Error> closing_;              // under gate_: why
  std::vector<std::string> exports_;          // under gate_
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> waiting_outside_{0};  // in outside_, or on their way there
  Promise<void> unloaded_;
};

/// The JavaScript side of an instance, destroyed inside its isolate.
struct JsInstance::World {
  std::unique_ptr<Realm> realm;
  std::map<std::string, v8::Global<v8::Function>, std::less<>> functions;  // exports that were called
};

template <class F>
void JsInstance::stay(Budget budget, F f) {
  budget.usage = &usage();
  home_->enter(*this, budget, [&] {
    const Entered in{runner_.isolate(), world_->realm->context(runner_.isolate())};
    const v8::Context::Scope context_scope(in.context);
    f(in);
    end_of_turn(in);
  });
  if (!turns_.empty() || state_.load(std::memory_order_relaxed) >= State::draining) wake();
}

}  // namespace cloche::js
