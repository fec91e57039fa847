#pragma once

#include <array>
#include <cloche/error.h>
#include <cloche/limit.h>
#include <cloche/limits.h>
#include <cstdint>
#include <string>

namespace cloche {

/// What is used of something that has a limit, in bytes or pieces. `limit` may be Limits::kUnlimited.
struct Use {
  std::uint64_t used = 0;
  std::uint64_t limit = Limits::kUnlimited;
};

/// What one loaded plugin has done since it was loaded, and what it uses of its limits now. A copy: the
/// figures are each true of some moment about the time they were asked for, not all of the same. A call that
/// has been answered is in the figures; what is found at the end of its turn, such as rejections and refused
/// ArrayBuffers, may follow a little later.
///
/// Time is measured where the sandbox looks at the clock anyway. Of the calls that an idle plugin answers on
/// the caller's own stack, one in 32 is timed and stands for the others, but for those that are interrupted. So
/// the times are right in the long run, and exact where an Observer watches.
struct Statistics {
  std::string plugin;
  std::string name;
  std::string version;
  std::uint64_t instance = 0;  ///< tells apart instances of one plugin; unique in a Host

  std::uint64_t calls = 0;   ///< the host's calls that have ended, well or not
  std::uint64_t errors = 0;  ///< those of them that ended in an error
  std::array<std::uint64_t, kErrcCount> errors_by_code{};
  std::array<std::uint64_t, kLimitCount> hits_by_limit{};

  Duration cpu{};                 ///< computing
  Duration inside{};              ///< inside the engine, by the wall clock: more than `cpu` on a busy machine
  Duration parked{};              ///< suspended in host functions
  Duration preempted{};           ///< interrupted, and waiting to go on
  std::uint64_t stays = 0;        ///< times the engine was entered: calls, timers, settled promises
  std::uint64_t preemptions = 0;  ///< times one of them was interrupted for others' sake
  std::uint64_t host_calls = 0;   ///< calls of host functions, refused ones among them
  std::uint64_t rejections = 0;   ///< promises whose rejection nobody handled, and errors of timers
  std::uint64_t crashes = 0;
  std::uint64_t restarts = 0;

  /// The heap, and what it may be. As it was after the last turn that was long, or the first one for 100 ms;
  /// of an idle plugin that is asked for on its own thread, as it is.
  Use heap;
  Use external;                     ///< memory of ArrayBuffers
  Use mailbox;                      ///< calls that wait for their turn
  Use timers;                       ///< timers set
  Use pending;                      ///< asynchronous host functions under way
  std::uint64_t log_bytes = 0;      ///< text that went to the log
  std::uint64_t log_dropped = 0;    ///< bytes of text beyond `log_per_second`
  std::uint64_t calls_outside = 0;  ///< calls that wait outside a full mailbox

  /// Calls that ended in an error of this code.
  [[nodiscard]] std::uint64_t errors_of(Errc code) const noexcept {
    return errors_by_code[static_cast<std::size_t>(code)];
  }
  /// How often something ran into this limit. Of `external` the turns are counted in which it happened.
  [[nodiscard]] std::uint64_t hits_of(Limit limit) const noexcept {
    return hits_by_limit[static_cast<std::size_t>(limit)];
  }
};

}  // namespace cloche
