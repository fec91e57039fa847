#pragma once

#include <chrono>
#include <cloche/limits.h>
#include <cstdint>

namespace cloche {

/// When a plugin is started again without being asked.
enum class Restart : std::uint8_t {
  never,     ///< a crash is for good, until Plugin::restart or Plugin::reload
  on_crash,  ///< when the engine gave it up
  always,    ///< also when a limit (CPU, wall time, heap) ended a call of it, in the middle of what it did
};

/// What becomes of calls that come between a crash and the restart.
enum class WhileDown : std::uint8_t {
  fail,  ///< they answer `crashed` at once
  wait,  ///< they wait in the mailbox, within its limit and their own wall time
};

/// How a plugin is kept running. Crashes are counted in a sliding window, and so are restarts whose main
/// module failed. The first restart comes after `back_off`, each further crash in the window doubles that, and
/// with `max_crashes` of them the plugin is quarantined: its calls answer `crashed`, until the host restarts
/// or reloads it. A first load that fails is the load's error and is not tried again.
struct Supervision {
  Restart restart = Restart::never;
  WhileDown calls = WhileDown::fail;
  Duration back_off = std::chrono::milliseconds(100);
  Duration max_back_off = std::chrono::seconds(30);
  double jitter = 0.2;       ///< the share of a back-off, from 0 to 1, by which chance may shorten it
  unsigned max_crashes = 5;  ///< in `window`; 0: never quarantined
  Duration window = std::chrono::minutes(1);
  /// Whether it is restarted, too, when a plugin that it requires (`dependencies`) was. What it was doing is
  /// ended.
  bool restart_with_dependencies = false;
};

struct UnloadOptions {
  /// How long calls under way may still take; those that are not done by then answer `unloaded`. New calls
  /// do so at once. Zero: calls under way are ended at once, too.
  Duration drain = Duration::zero();
};

struct ReloadOptions {
  /// How long calls under way may still take on the old version.
  Duration drain = std::chrono::seconds(5);
};

/// How a plugin has fared so far, all its instances together.
struct Life {
  enum class State : std::uint8_t {
    running,
    restarting,   ///< it crashed, and comes back
    quarantined,  ///< it crashed, and stays away until the host restarts or reloads it
    evicted,      ///< its state is kept; the next call brings it back
    unloaded,
  };
  State state = State::running;
  std::uint64_t crashes = 0;
  std::uint64_t restarts = 0;  ///< those that succeeded
  std::uint64_t reloads = 0;   ///< likewise
  std::uint64_t failed_reloads = 0;
  std::uint64_t evictions = 0;
};

}  // namespace cloche
