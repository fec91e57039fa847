#pragma once

#include "loop/sanitizer.h"

#include <csignal>
#include <cstddef>

namespace cloche::loop {

/// Two small stacks for a thread whose own stack may be used up: one that signal handlers run on, unless the
/// thread has such a stack already, and one for code that a handler sends the thread to. Made and destroyed on the thread.
class SignalStack {
 public:
  /// Throws std::bad_alloc when the process may have no more memory or mappings.
  SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;
  ~SignalStack();

  /// The top of the second one, empty again whatever was left on it, aligned as for the begin of a function's
  /// caller. May be asked in a signal handler.
  [[nodiscard]] std::byte* way_out() const noexcept {
    forget_frames(memory_ + kSize, kSize);
    return memory_ + 2 * kSize;
  }

 private:
  static constexpr std::size_t kSize = 64 * 1024;

  std::byte* memory_;
  bool installed_ = false;
};

}  // namespace cloche::loop
