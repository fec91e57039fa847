#pragma once

// What stands between a host and a program that it runs for a plugin: a process of its own, forked from the host, which
// is the parent of all that the program leaves behind, whatever session that hides in, and ends it.

#include <cstdint>
#include <sys/types.h>

namespace cloche::exec {

/// What to run. Made before the fork, because nothing may be allocated after it.
struct Launch {
  const char* path = nullptr;
  char* const* arguments = nullptr;    ///< with the program's own name first, and null last
  char* const* environment = nullptr;  ///< "NAME=value", and null last
  pid_t host = 0;
  // Descriptors, all above those that the supervisor uses (kFirstFree).
  int input = -1;
  int output = -1;
  int error = -1;
  int folder = -1;   ///< where it runs
  int control = -1;  ///< a stream socket: whatever comes, or its end, says to end the program
};

inline constexpr int kFirstFree = 10;

/// What a supervisor tells on the control socket, as its last act: by then nothing of the program is left.
struct Report {
  enum class Kind : std::int32_t { failed, exited, signalled };
  Kind kind = Kind::failed;
  std::int32_t value = 0;  ///< an errno, an exit code, a signal
};

/// Runs the program to its end, or until the host says so or is no more, ends what it left behind, and exits. To be
/// called in a process that was just forked, with all signals blocked: it uses nothing but what is async-signal-safe.
[[noreturn]] void supervise(const Launch& launch) noexcept;

}  // namespace cloche::exec
