#pragma once

#include "js/compat.h"
#include "js/memory_account.h"
#include "loop/clock.h"
#include "loop/monitor.h"
#include "loop/stack.h"
#include "worker.h"

#include <atomic>
#include <cloche/error.h>
#include <cloche/limits.h>
#include <memory>
#include <optional>

namespace cloche::js {

/// What one stay inside an isolate may use: so much computing, and so much time, counted from its begin, or
/// until a deadline that was set earlier.
struct Budget {
  Duration cpu = Duration::max();
  Duration wall = Duration::max();
  loop::TimePoint deadline = loop::TimePoint::max();
};

/// Runs code inside one isolate: on the isolate's own stack, within a budget, making way for others, and with
/// a way out when the engine gives up. An isolate is entered by one fiber at a time; this is what sees to it.
/// Belongs to its worker's thread.
class Runner final : private loop::Interruptible {
 public:
  /// `stack` bytes are JavaScript's; more is added for the engine's own frames below its limit. Pages the
  /// isolate asks for are charged to `memory`. `contain`: whether it is given up where the process would end.
  Runner(Worker& worker, std::size_t stack, std::shared_ptr<MemoryAccount> memory, bool contain);

  /// What runs on the calling thread, or null. May be asked in a signal handler.
  [[nodiscard]] static Runner* of_thread() noexcept;

  /// Calls `make()` on the stack, outside any isolate, to make the isolate that is run from then on; `crashed` afterwards
  /// when the engine could not make it.
  template <class F>
  void adopt(F make) {
    Runner* outer = begin({});
    stack_.run([&] { take(make()); });
    end(outer);
  }

  /// Enters the isolate and calls `f()` there. The caller's fiber may be suspended meanwhile. Not while
  /// `active`.
  template <class F>
  void enter(const Budget& budget, F f) {
    Runner* outer = begin(budget);
    stack_.run([&] {
      const v8::Isolate::Scope isolate_scope(isolate_);
      const v8::HandleScope handle_scope(isolate_);
      meter_begin();
      f();
      meter_end();
    });
    end(outer);
  }

  /// One stay: what it may use, what it has used, and why it was ended.
  struct Stay {
    Duration cpu_limit;
    loop::TimePoint deadline;
    Duration cpu_used;
    std::optional<Errc> stop;
  };
  /// From inside: begins a stay on top of the one under way, which waits meanwhile like one that is parked.
  [[nodiscard]] Stay set_aside(const Budget& budget);
  /// Ends that, however it went, and goes on with the one below.
  void take_up(const Stay& below);

  /// Leaves the isolate while `f()` runs, which may park the fiber or enter other isolates; from inside.
  template <class F>
  auto outside(F f) {
    struct Back {
      Runner& runner;
      ~Back() { runner.come_back(); }
    };
    leave();
    const Back back{*this};
    return f();
  }

  /// Ends what runs inside, now or when it is next resumed, for this reason; the first one counts.
  void stop(Errc reason);
  /// Why it was ended, once; resets that.
  [[nodiscard]] std::optional<Errc> take_stop();
  [[nodiscard]] const std::optional<Errc>& stop_reason() const noexcept { return stop_; }

  /// The engine cannot go on: abandons the stack and returns from `enter`. While `current`, on any stack of the thread.
  [[noreturn]] void give_up();
  /// Whether it is to be given up where the process would end otherwise, for what happens on a stack that this
  /// address is of.
  [[nodiscard]] bool contains(std::uintptr_t address) const noexcept {
    return contain_ && stack_.contains(address);
  }
  [[nodiscard]] bool contains_crashes() const noexcept { return contain_; }
  [[nodiscard]] bool crashed() const noexcept { return stack_.abandoned(); }

  /// Whether code is inside, running or suspended.
  [[nodiscard]] bool active() const noexcept { return stack_.active(); }
  /// Whether the calling fiber is inside.
  [[nodiscard]] bool current() const noexcept { return worker_.running == this; }
  /// When the stay under way is over.
  [[nodiscard]] loop::TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] v8::Isolate* isolate() const noexcept { return isolate_; }
  [[nodiscard]] Worker& worker() noexcept { return worker_; }
  [[nodiscard]] MemoryAccount& memory() noexcept { return *memory_; }

  /// No interrupt comes any more; it may be destroyed afterwards, on any thread.
  void retire();

  /// Destroys the isolate; nobody is inside, and `retire` went before.
  void dispose();

 private:
  void interrupt() noexcept override;
  void look_up();
  void take(v8::Isolate* isolate);
  Runner* begin(const Budget& budget);
  void allot(const Budget& budget);
  void end(Runner* outer);
  void leave();
  void come_back();
  void meter_begin();
  void meter_end();
  void account();

  Worker& worker_;
  std::shared_ptr<MemoryAccount> memory_;
  const bool contain_;
  loop::GuardedStack stack_;
  v8::Isolate* isolate_ = nullptr;
  NoStackScan no_stack_scan_;
  Duration cpu_limit_{};
  loop::TimePoint deadline_{};
  Duration cpu_used_{};
  loop::TimePoint since_{};             // from when what is not yet in cpu_used_ counts
  std::optional<Duration> thread_cpu_;  // the thread's CPU clock then, where it was read
  std::optional<Errc> stop_;
  std::atomic<bool> interrupt_pending_{false};
};

}  // namespace cloche::js
