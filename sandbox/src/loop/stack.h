#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace cloche::loop {

/// A guarded stack of its own for one isolate, lent for a while to whichever fiber needs the isolate. `run`
/// switches to it, calls the job there and switches back: two jumps of a few nanoseconds, with no scheduler
/// between. The fiber keeps its identity, so a job may park it; the stack is then suspended with it.
///
/// Having JavaScript run there, and not on the fiber's own stack, buys two things: a host can call a plugin
/// from any stack, its GUI thread's included, and have the plugin's stack limit hold; and a stack that the
/// engine gave up on can be left for ever while the fiber that used it goes on.
class GuardedStack {
 public:
  /// Reserves `size` bytes (rounded up to pages; touched pages alone take memory) above a guarded range.
  /// Throws std::bad_alloc when the process may have no more mappings.
  explicit GuardedStack(std::size_t size);
  GuardedStack(const GuardedStack&) = delete;
  GuardedStack& operator=(const GuardedStack&) = delete;
  ~GuardedStack();

  /// Calls `job(context)` on this stack and returns when it has, or when it called `abandon`. Not to be
  /// entered twice: a job that needs the stack again is already on it. `job` must not throw.
  void run(void (*job)(void* context), void* context);

  template <class F>
  void run(F&& f) {
    run([](void* context) { (*static_cast<std::remove_reference_t<F>*>(context))(); }, &f);
  }

  /// While a job is on the stack, from there or from any other stack of the thread: goes back to `run`'s caller and never comes here again. No destructor of the job's
  /// frames runs.
  [[noreturn]] void abandon();

  /// Gives the pages back that jobs have touched; none is on the stack.
  void discard_unused() noexcept;

  [[nodiscard]] bool abandoned() const noexcept { return abandoned_; }
  /// Whether a job is on the stack, running or suspended.
  [[nodiscard]] bool active() const noexcept { return active_; }
  /// Whether the address is on the stack or in the guarded range below.
  [[nodiscard]] bool contains(std::uintptr_t address) const noexcept;
  /// The lowest usable address; the stack grows down to it.
  [[nodiscard]] std::uintptr_t limit() const noexcept { return reinterpret_cast<std::uintptr_t>(base_); }

 private:
  struct Switch;
  std::byte* base_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<Switch> switch_;
  bool active_ = false;
  bool abandoned_ = false;
};

}  // namespace cloche::loop
