#pragma once

#include <chrono>
#include <cloche/call.h>
#include <cloche/error.h>
#include <cloche/limit.h>
#include <cloche/limits.h>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cloche {

/// A stretch of time, by the steady clock.
struct Span {
  std::chrono::steady_clock::time_point begin;
  Duration length{};

  [[nodiscard]] std::chrono::steady_clock::time_point end() const noexcept { return begin + length; }
};

/// One call of a plugin by its host.
struct CallEvent {
  std::uint64_t id = 0;     ///< counts the calls of one plugin
  std::string_view target;  ///< the export, or the name of a function the plugin handed out, if any
  Span time;                ///< from when it was made, its wait in the mailbox included; up to now
};

/// Why a plugin stopped running.
enum class SliceEnd : std::uint8_t {
  finished,   ///< it had no more to do
  parked,     ///< it waits in a host function, or called another plugin through one
  preempted,  ///< it was interrupted, so that others could run
};

/// What a host may watch. Every function does nothing unless overridden. A plugin may have several instances
/// one after another: it is `loaded` and `unloaded` with each. They are called on the plugin's thread, if
/// nothing else is said, between its turns or while its code is suspended. They must not wait, and call no
/// plugin. A host that sets an Observer pays for the clock being read around every turn.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void loaded(const PluginInfo&) {}
  virtual void unloaded(const PluginInfo&) {}
  /// A promise was rejected and nobody handled it by the end of the turn.
  virtual void unhandled_rejection(const PluginInfo&, const Error&) {}
  /// The engine gave the instance up; it is quarantined, its calls answer `crashed`.
  virtual void crashed(const PluginInfo&, const Error&) {}
  /// After a crash, or a restart that failed, it is started again when `delay` has passed; `crashes` have been
  /// counted in the window.
  virtual void restarting(const PluginInfo&, std::size_t /*crashes*/, Duration /*delay*/) {}
  /// It runs again; `loaded` was told before.
  virtual void restarted(const PluginInfo&) {}
  /// It crashed too often, and is not started again until the host says so.
  virtual void quarantined(const PluginInfo&, const Error&) {}
  /// The version that is told of serves from now on.
  virtual void reloaded(const PluginInfo&) {}
  /// The version that is told of goes on as before.
  virtual void reload_failed(const PluginInfo&, const Error&) {}
  /// Its place went to another; its next call brings it back.
  virtual void evicted(const PluginInfo&) {}

  /// The host made a call. On the thread that made it.
  virtual void call_started(const PluginInfo&, const CallEvent&) {}
  /// It was answered, with an error where that is not null; on the calling thread where it was refused. Of
  /// each call that was started this comes once.
  virtual void call_ended(const PluginInfo&, const CallEvent&, const Error*) {}
  /// The plugin ran without a break. One turn is one slice, or several with breaks between.
  virtual void slice(const PluginInfo&, const Span&, SliceEnd) {}
  /// It goes on after a break, which began with the end of a slice. The reason is that slice's, never
  /// `finished`.
  virtual void resumed(const PluginInfo&, const Span&, SliceEnd) {}
  /// Something ran into one of its limits. Any thread.
  virtual void limit_hit(const PluginInfo&, Limit) {}
};

}  // namespace cloche
