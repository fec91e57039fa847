#pragma once

#include "loop/loop.h"
#include "loop/signal.h"
#include "supervision/census.h"
#include "supervision/crash_history.h"
#include "supervision/incarnation.h"
#include "supervision/slot_host.h"
#include "worker.h"

#include <atomic>
#include <cloche/supervision.h>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace cloche::supervision {

/// What a Slot is made of.
struct SlotParts {
  Worker& worker;
  SlotHost& host;
  Census& census;  ///< a place in it was taken, and goes to the slot
  std::shared_ptr<const Blueprint> blueprint;
  LoadOptions options;
  std::shared_ptr<Observer> observer;
  std::function<double()> random;
  std::function<void()> gone;  ///< called on the worker's thread when nothing of the plugin is left
};

/// A plugin as its handles name it, through all its incarnations: one after another, all on one worker. What
/// changes it (restart, reload, eviction, unloading) are operations, done one at a time, in order, on a fiber
/// of the worker. The incarnation in charge is exchanged on the worker's thread, so that a call made there
/// needs nothing but a plain pointer; calls from elsewhere take the lock.
///
/// State: loading → up ⇄ held, down, dead, evicted → closing → closed. Held: a reload or eviction is under way,
/// calls wait for its end. Down: it crashed and a restart is coming. Dead: crashed, until the host restarts or
/// reloads it.
class Slot final : public std::enable_shared_from_this<Slot> {
 public:
  explicit Slot(SlotParts parts);

  /// Makes the first incarnation, with parts that its `host` has built. When that fails, the slot closes.
  [[nodiscard]] Future<void> load(InstanceParts parts);

  // What handles ask for, on any thread. They outlive the worker.
  [[nodiscard]] PluginInfo info() const;
  [[nodiscard]] Grants grants() const;
  [[nodiscard]] std::vector<std::string> exports() const;
  [[nodiscard]] Life life() const;
  [[nodiscard]] Statistics statistics() const;
  void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) {
    if (Instance* const instance = at_hand()) return instance->call_export(options, name, outgoing);
    submit(options, QueuedCall::Kind::call_export, name, outgoing);
  }
  void read_export(std::string_view name, detail::Outgoing& outgoing) {
    if (Instance* const instance = at_hand()) return instance->read_export(name, outgoing);
    submit({}, QueuedCall::Kind::read_export, name, outgoing);
  }
  [[nodiscard]] Future<void> unload(const UnloadOptions& options);
  [[nodiscard]] Future<void> restart();
  /// With no folder, the one it came from is read anew; or its files are, where it came from none.
  [[nodiscard]] Future<void> reload(const std::filesystem::path& folder, const ReloadOptions& options);
  [[nodiscard]] Future<void> reload(Blueprint next, const ReloadOptions& options);

  // What the Host and the Census ask for, on any thread.
  [[nodiscard]] std::shared_ptr<const Blueprint> blueprint() const;
  [[nodiscard]] bool restarts_with_dependencies() const noexcept {
    return parts_.options.supervision.restart_with_dependencies;
  }
  /// Whether it may be, as far as can be told from here.
  [[nodiscard]] bool evictable() const;
  [[nodiscard]] std::uint64_t last_used() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// Error: `cancelled`, when it is busy or cannot be.
  [[nodiscard]] Future<void> evict();

  // What incarnations tell, on the worker's thread.
  void on_crash(const Incarnation& which, const Error& error);
  void on_limit(const Incarnation& which, Errc limit);
  void on_gone();

 private:
  enum class State : std::uint8_t { loading, up, held, down, dead, evicted, closing, closed };
  /// A call that waits for an incarnation.
  struct Parked {
    QueuedCall call;
    loop::TimePoint deadline;
  };
  using Operation = std::function<void()>;
  using OpenBlueprint = std::function<Result<Blueprint>()>;

  // Calls: slot.cpp. The incarnation in charge, where a call can go straight to it.
  [[nodiscard]] Instance* at_hand() noexcept {
    if (loop::Loop::current() != loop_ || current_ == nullptr) return nullptr;
    used_.store(parts_.census.now(), std::memory_order_relaxed);
    return current_;
  }
  [[nodiscard]] std::shared_ptr<Usage> usage() const;
  void submit(const CallOptions& options, QueuedCall::Kind kind, std::string_view name,
              detail::Outgoing& outgoing);
  [[nodiscard]] std::optional<Error> admit_call(QueuedCall call);
  [[nodiscard]] bool parks() const noexcept;
  [[nodiscard]] std::optional<Error> park(QueuedCall call);
  void watch_parked();
  void fail_parked(const Error& error);

  // Operations: slot.cpp.
  [[nodiscard]] Future<void> ask_for(std::function<Result<void>()> operation);
  void operate(Operation operation);
  void run_operations();
  [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }

  // Incarnations: slot_life.cpp.
  void aside(const std::function<void()>& job);
  [[nodiscard]] Result<std::shared_ptr<Incarnation>> start(const Blueprint& blueprint);
  [[nodiscard]] Result<std::shared_ptr<Incarnation>> start(InstanceParts parts);
  [[nodiscard]] Result<void> put_up(const std::shared_ptr<Incarnation>& next,
                                    std::shared_ptr<const Blueprint> blueprint);
  [[nodiscard]] Result<void> put_in_charge(const std::shared_ptr<Incarnation>& next,
                                           std::shared_ptr<const Blueprint> blueprint);
  void take_down(State next, const Error& why);
  void hand_parked_to(Instance& instance, std::vector<std::pair<QueuedCall, Error>>& refused);
  [[nodiscard]] Result<void> take_place();
  void leave_place();
  void count_failure(const Error& error);
  void quarantine(const Error& cause);
  void recover();
  [[nodiscard]] bool pause_until(loop::TimePoint deadline);
  [[nodiscard]] Result<void> start_anew();
  void came_back();
  void close(Duration drain);
  void finish(Duration drain);

  // Exchanges: slot_exchange.cpp.
  [[nodiscard]] Future<void> reload_from(OpenBlueprint open, const ReloadOptions& options);
  [[nodiscard]] Result<void> exchange(const OpenBlueprint& open, Duration drain);
  [[nodiscard]] Result<void> replace(std::shared_ptr<const Blueprint> next, Duration drain);
  [[nodiscard]] Result<void> hand_over(const std::shared_ptr<Incarnation>& fresh,
                                       std::shared_ptr<const Blueprint> next, Duration drain);
  [[nodiscard]] Result<Value> take_state(Instance* old, Duration drain);
  [[nodiscard]] bool hold();
  void let_go();
  void retire(const std::shared_ptr<Instance>& old, Duration drain);
  [[nodiscard]] Result<void> give_way();
  void wake();
  [[nodiscard]] Result<void> bring_back();

  SlotParts parts_;
  loop::Loop* const loop_;       // compared only, by handles that outlive it
  Instance* current_ = nullptr;  // the worker's thread's own
  std::atomic<std::uint64_t> used_;

  mutable std::mutex mutex_;
  std::atomic<State> state_{State::loading};    // written under mutex_
  std::optional<Error> refusal_;                // under mutex_: what calls are told that cannot wait
  std::shared_ptr<Incarnation> incarnation_;    // under mutex_; written on the worker's thread
  std::shared_ptr<const Blueprint> blueprint_;  // likewise
  Identity identity_;                           // under mutex_
  std::shared_ptr<Instance> counted_;           // under mutex_: the one whose statistics are told
  std::shared_ptr<Usage> usage_;                // under mutex_: its counters, or the last one's
  std::deque<Parked> parked_;                   // under mutex_
  Promise<void> unloaded_;

  std::atomic<std::uint64_t> crashes_{0};
  std::atomic<std::uint64_t> restarts_{0};
  std::atomic<std::uint64_t> reloads_{0};
  std::atomic<std::uint64_t> failed_reloads_{0};
  std::atomic<std::uint64_t> evictions_{0};

  // The worker's thread's own.
  CrashHistory history_;
  std::deque<Operation> operations_;  // the first one is under way
  loop::Signal hurry_;                // ends the pause before a restart
  loop::Signal left_;                 // an incarnation is gone
  std::size_t incarnations_ = 0;
  std::shared_ptr<Incarnation> starting_;
  std::shared_ptr<Instance> retiring_;
  std::optional<Value> saved_;  // the state of one that was evicted
  loop::Timers::Id parked_timer_;
  bool has_place_ = true;
  bool closing_ = false;
};

}  // namespace cloche::supervision
