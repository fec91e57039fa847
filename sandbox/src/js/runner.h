#pragma once

#include "js/compat.h"
#include "js/memory_account.h"
#include "loop/clock.h"
#include "loop/monitor.h"
#include "loop/ready_queue.h"
#include "loop/stack.h"
#include "usage.h"
#include "worker.h"

#include <atomic>
#include <cloche/error.h>
#include <cloche/limits.h>
#include <memory>
#include <optional>

namespace cloche::js {

/// What one stay inside an isolate may use: so much computing, and so much time, counted from its begin, or
/// until a deadline that was set earlier. And on whose account it runs, and how urgently; inside of a stay that
/// is less urgent, it is no more urgent than that one.
struct Budget {
  Duration cpu = Duration::max();
  Duration wall = Duration::max();
  loop::TimePoint deadline = loop::TimePoint::max();
  loop::Standing standing = {};
  Usage* usage = nullptr;  ///< whose stay it is counted as; null: nobody's
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
      v8::HandleScope handle_scope(isolate_);
      handles_ = &handle_scope;
      meter_begin();
      f();
      meter_end();
      if (interrupt_pending_.load(std::memory_order_seq_cst)) [[unlikely]]
        forget_end();
    });
    end(outer);
  }

  /// One stay: what it may use, what it has used, and why it was ended.
  struct Stay {
    Duration cpu_limit;
    loop::TimePoint deadline;
    Duration cpu_used;
    std::optional<Errc> stop;
    loop::Standing standing;
    Usage* usage;
    loop::TimePoint left;  ///< when it was set aside
    bool lasted;           ///< whether it is timed by the CPU clock
  };
  /// From inside: begins a stay on top of the one under way, which waits meanwhile like one that is parked.
  [[nodiscard]] Stay set_aside(const Budget& budget);
  /// Ends that, however it went, and goes on with the one below.
  void take_up(const Stay& below);

  /// Leaves the isolate while `f()` runs, which may park the fiber or enter other isolates; from inside.
  template <class F>
  auto outside(F f, SliceEnd why = SliceEnd::parked) {
    struct Back {
      Runner& runner;
      ~Back() { runner.come_back(); }
    };
    leave(why);
    const Back back{*this};
    return f();
  }

  /// What a Parker does, for a host function on this stack: the isolate is left meanwhile, and closing its
  /// plugin ends the wait.
  void park(const Parking& arm);

  /// Ends what runs inside, now or when it is next resumed, for this reason; the first one counts.
  void stop(Errc reason);
  /// Why it was ended, once; resets that.
  [[nodiscard]] std::optional<Errc> take_stop();
  [[nodiscard]] const std::optional<Errc>& stop_reason() noexcept {
    if (ended_.load(std::memory_order_relaxed) != kNotEnded) [[unlikely]]
      note_end();
    return stop_;
  }

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
  /// When somebody was inside last, to within a slice; nobody is now.
  [[nodiscard]] loop::TimePoint last_used() const noexcept { return since_; }
  /// Gives back the pages of the stack that nobody uses; nobody is inside.
  void discard_unused_stack() noexcept { stack_.discard_unused(); }
  /// Charges the rest of the stay that ended last. A short one is not charged otherwise: that would cost a
  /// call more than the call itself.
  void charge() { account(); }
  /// Counts a stay that ended and is not charged: one of several is timed, and stands for the others.
  void charge_sample() {
    if (!thread_cpu_ && is_sample() && !usage_->observed()) [[unlikely]]
      count_sample();
  }
  /// Whether the stay has lasted long enough to be interrupted; from inside.
  [[nodiscard]] bool has_lasted() const noexcept { return thread_cpu_.has_value(); }

  /// How urgent the stay under way is: what has computed for a slice is of the background from then on.
  [[nodiscard]] loop::Rank rank() const noexcept { return standing_.rank; }
  /// When the stay under way is over.
  [[nodiscard]] loop::TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] v8::Isolate* isolate() const noexcept { return isolate_; }
  [[nodiscard]] Worker& worker() noexcept { return worker_; }
  [[nodiscard]] MemoryAccount& memory() const noexcept { return *memory_; }

  /// No interrupt comes any more; it may be destroyed afterwards, on any thread.
  void retire();

  /// Destroys the isolate; nobody is inside, and `retire` went before.
  void dispose();

 private:
  void interrupt() noexcept override;
  void request_interrupt() noexcept;
  void end_from_afar(loop::TimePoint now, Duration cpu_since_asked) noexcept;
  void note_end();
  void forget_end();
  void look_up();
  void take(v8::Isolate* isolate);
  Runner* begin(const Budget& budget);
  void allot(const Budget& budget);
  void end(Runner* outer);
  void leave(SliceEnd why);
  void come_back();
  void meter_begin();
  [[nodiscard]] loop::TimePoint due();
  void meter_end() noexcept { worker_.meter.end(); }
  void account();
  [[nodiscard]] bool is_sample() const noexcept;
  void count_sample();
  void time_by_cpu_clock();

  Worker& worker_;
  Usage* usage_ = &Usage::nobodys();  // of the stay under way, or of the last one
  std::shared_ptr<MemoryAccount> memory_;
  const bool contain_;
  loop::GuardedStack stack_;
  v8::Isolate* isolate_ = nullptr;
  v8::HandleScope* handles_ = nullptr;  // the outermost of the stay under way
  NoStackScan no_stack_scan_;
  loop::Standing standing_;  // of the stay
  loop::Standing outside_;   // of the fiber that made it, while the stay's is the fiber's
  Duration cpu_limit_{};
  loop::TimePoint deadline_{};
  Duration cpu_used_{};
  loop::TimePoint since_{};             // from when what is not yet in cpu_used_ counts
  loop::TimePoint slice_began_{};       // or, while it is away, when that began
  SliceEnd away_ = SliceEnd::parked;    // why it is away
  std::optional<Duration> thread_cpu_;  // the thread's CPU clock then, where it was read
  std::optional<Errc> stop_;
  std::atomic<bool> interrupt_pending_{false};

  // What interrupts know of the stay under way: its number, and what is left to it.
  std::atomic<std::uint64_t> stretch_{0};
  std::atomic<Duration::rep> cpu_left_{0};
  std::atomic<loop::TimePoint::rep> last_moment_{0};
  // The interrupts' own: what has been asked and has not looked up, and what its thread had computed then.
  std::uint64_t asked_ = 0;
  Duration cpu_when_asked_{};
  // By an interrupt, with this reason.
  static constexpr int kNotEnded = -1;
  std::atomic<int> ended_{kNotEnded};
};

// One of 32, chosen by the time it began at: the low digits of that are as good as random.
inline bool Runner::is_sample() const noexcept {
  const auto began = static_cast<std::uint64_t>(since_.time_since_epoch().count());
  return began * 0x9e3779b97f4a7c15 >> 59 == 0;
}

}  // namespace cloche::js
