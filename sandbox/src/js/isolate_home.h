#pragma once

#include "js/isolate.h"
#include "js/keys.h"
#include "js/platform.h"
#include "js/runner.h"

#include <memory>
#include <utility>
#include <vector>

namespace cloche::js {

/// One who lives in an isolate, as its home knows it.
class Tenant {
 public:
  virtual ~Tenant() = default;
  /// It waited until nobody is inside, and nobody is now; another may be quicker.
  virtual void isolate_is_free() = 0;
  /// The engine gave the isolate up, which nobody will enter again: nothing in it may be touched.
  virtual void isolate_crashed() = 0;
  /// Is to call `run_engine_tasks` in a turn of its own; false when it takes none any more.
  virtual bool take_engine_tasks() = 0;
};

/// An isolate with all that it needs beside the code that runs in it: its stack, its limits, what the engine
/// wants to have run, and the list of those who live in it. It is made for the first of them and destroyed
/// with the last. Belongs to its worker's thread.
class IsolateHome final : public std::enable_shared_from_this<IsolateHome> {
 public:
  /// `contain`: an isolate that the engine gives up is left behind, and the process goes on.
  IsolateHome(Worker& worker, const Limits& limits, bool contain);
  IsolateHome(const IsolateHome&) = delete;
  IsolateHome& operator=(const IsolateHome&) = delete;

  /// From now on `tenant` is told of what happens here, until `move_out`, or until the isolate crashed. False
  /// when the engine could not make the isolate.
  [[nodiscard]] bool move_in(Tenant& tenant);
  /// Nobody is inside, and the tenant has left nothing there.
  void move_out(Tenant& tenant);

  /// Enters the isolate and calls `f()` there. Not while `runner().active()`.
  template <class F>
  void enter(const Budget& budget, F f) {
    if (shrunk_) watch_idleness();
    runner_.enter(budget, f);
    if (runner_.crashed()) return crash();
    if (!waiting_.empty()) call_waiting();
  }

  /// Has `tenant` told, once, when nobody is inside any more.
  void wait_until_free(Tenant& tenant);

  /// Runs what the engine wants to have run; from inside.
  void run_engine_tasks();
  /// At the end of a turn, inside: why it was ended, if it was. The next may go on.
  [[nodiscard]] std::optional<Errc> take_stop();
  /// Whether an ArrayBuffer was refused since this was last asked.
  [[nodiscard]] bool take_buffer_refusal() noexcept {
    const std::uint64_t refused = memory_->external().refused();
    return std::exchange(buffers_refused_, refused) != refused;
  }

  [[nodiscard]] Runner& runner() noexcept { return runner_; }
  [[nodiscard]] v8::Isolate* isolate() const noexcept { return runner_.isolate(); }
  [[nodiscard]] KeyCache& keys() noexcept { return keys_; }

 private:
  [[nodiscard]] bool make();
  void destroy();
  void crash();
  void take_away_memory();
  void watch_idleness();
  void arm_idle_timer(loop::TimePoint time, bool in_turn);
  void look_idle(bool in_turn);
  void shrink();
  void call_waiting();
  void hand_out_engine_tasks();

  Worker& worker_;
  const Limits limits_;
  std::shared_ptr<MemoryAccount> memory_;
  std::shared_ptr<BufferAllocator> buffers_;
  Runner runner_;
  HeapLimit heap_limit_;
  KeyCache keys_;
  std::shared_ptr<TaskRunner> tasks_;
  std::vector<Tenant*> tenants_;
  std::vector<Tenant*> waiting_;
  std::uint64_t buffers_refused_ = 0;
  bool shrunk_ = true;            // it has not been used since it gave memory back
  ByteCount smallest_pages_ = 0;  // what it holds when it has nothing to give back
};

}  // namespace cloche::js
