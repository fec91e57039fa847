#pragma once

#include "js/isolate.h"
#include "js/keys.h"
#include "js/platform.h"
#include "js/runner.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloche::js {

/// One who lives in an isolate, as its home knows it.
class Tenant {
 public:
  virtual ~Tenant() = default;
  /// It waited until nobody is inside, and nobody is now; another may be quicker.
  virtual void isolate_is_free() = 0;
  /// The engine gave the isolate up, which nobody will enter again: nothing in it may be touched. `inside`:
  /// in code of the tenant's own, or called by it.
  virtual void isolate_crashed(bool inside) = 0;
  /// Is to call `run_engine_tasks` in a turn of its own; false when it takes none any more.
  virtual bool take_engine_tasks() = 0;
  /// Is to run its microtasks soon: the engine may have added some.
  virtual void run_microtasks_soon() = 0;
};

/// An isolate with all that it needs beside the code that runs in it: its stack, its limits, what the engine
/// wants to have run, and the list of those who live in it: one, or the members of a trust group. It is made
/// for the first of them and destroyed with the last. Belongs to its worker's thread.
///
/// Everybody's stays are on the one stack. From inside the isolate, through a host function, a tenant may be
/// visited: its stay goes on top, with a budget of its own, and what ends it leaves those below alone. While
/// the stack is suspended, all wait.
class IsolateHome final : public std::enable_shared_from_this<IsolateHome> {
 public:
  /// `contain`: an isolate that the engine gives up is left behind, and the process goes on.
  IsolateHome(Worker& worker, std::string group, const Limits& limits, bool contain);
  IsolateHome(const IsolateHome&) = delete;
  IsolateHome& operator=(const IsolateHome&) = delete;

  /// The home of the group on this worker, or a new one, where there is none any more. A group without a name
  /// is one of its own. All members of a group have the same limits of heap, external memory and stack.
  [[nodiscard]] static std::shared_ptr<IsolateHome> of(Worker& worker, const std::string& group,
                                                       const Limits& limits, bool contain);

  /// From now on `tenant` is told of what happens here, until `move_out`, or until the isolate crashed: at
  /// once, when the engine cannot make it.
  void move_in(Tenant& tenant);
  /// Nobody is inside, and the tenant has left nothing there.
  void move_out(Tenant& tenant);

  /// Enters the isolate for `tenant` and calls `f()` there: from outside while nobody is inside, or from
  /// inside, on top of those who are.
  template <class F>
  void enter(Tenant& tenant, const Budget& budget, F f) {
    if (runner_.current()) return visit(tenant, budget, f);
    if (shrunk_) watch_idleness();
    enter_for(&tenant, budget, f);
  }

  /// Whose stay is the topmost one; null while nobody is inside.
  [[nodiscard]] const Tenant* inside() const noexcept { return inside_; }
  /// Whether it has a stay below the topmost one.
  [[nodiscard]] bool has_below(const Tenant& tenant) const noexcept;
  /// Ends its stays for this reason, each when it is its turn; no other's.
  void stop(const Tenant& tenant, Errc reason);

  /// Has `tenant` told, once, when nobody is inside any more.
  void wait_until_free(Tenant& tenant);

  /// Runs what the engine wants to have run, which may be code of any tenant; from inside.
  void run_engine_tasks();
  /// At the end of a turn, inside: why it was ended, if it was. The next may go on.
  [[nodiscard]] std::optional<Errc> take_stop();
  /// Whether an ArrayBuffer was refused since this was last asked.
  [[nodiscard]] bool take_buffer_refusal() noexcept {
    const std::uint64_t refused = memory_->external().refused();
    return std::exchange(buffers_refused_, refused) != refused;
  }

  /// Whether more than one lives here.
  [[nodiscard]] bool shared() const noexcept { return tenants_.size() > 1; }
  /// Has each told, before long, how much of the heap is its own; from inside.
  void estimate_heaps();

  [[nodiscard]] Runner& runner() noexcept { return runner_; }
  [[nodiscard]] v8::Isolate* isolate() const noexcept { return runner_.isolate(); }
  [[nodiscard]] KeyCache& keys() noexcept { return keys_; }

 private:
  /// A stay that waits for the one on top of it.
  struct Below {
    const Tenant* tenant;
    Runner::Stay stay;
    Below* next;
  };

  template <class F>
  void enter_for(const Tenant* tenant, const Budget& budget, F f) {
    inside_ = tenant;
    runner_.enter(budget, f);
    if (runner_.crashed()) return crash();
    inside_ = nullptr;
    if (!waiting_.empty()) call_waiting();
  }

  template <class F>
  void visit(const Tenant& tenant, const Budget& budget, F f) {
    Below below{inside_, runner_.set_aside(budget), below_};
    below_ = &below;
    inside_ = &tenant;
    {
      const v8::HandleScope handle_scope(isolate());
      f();
    }
    inside_ = below.tenant;
    below_ = below.next;
    runner_.take_up(below.stay);
  }

  void make(const Tenant& first);
  void destroy();
  void crash();
  void leave_group();
  void take_away_memory();
  void watch_idleness();
  void arm_idle_timer(loop::TimePoint time, bool in_turn);
  void look_idle(bool in_turn);
  void shrink();
  void call_waiting();
  void hand_out_engine_tasks();

  Worker& worker_;
  const std::string group_;
  const Limits limits_;
  std::shared_ptr<MemoryAccount> memory_;
  std::shared_ptr<BufferAllocator> buffers_;
  Runner runner_;
  HeapLimit heap_limit_;
  KeyCache keys_;
  std::shared_ptr<TaskRunner> tasks_;
  std::vector<Tenant*> tenants_;
  std::vector<Tenant*> waiting_;
  std::weak_ptr<void> estimate_;  // while one is pending
  std::uint64_t buffers_refused_ = 0;
  bool shrunk_ = true;            // it has not been used since it gave memory back
  ByteCount smallest_pages_ = 0;  // what it holds when it has nothing to give back
  const Tenant* inside_ = nullptr;
  Below* below_ = nullptr;
};

}  // namespace cloche::js
