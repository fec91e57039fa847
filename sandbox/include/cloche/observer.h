#pragma once

#include <cloche/call.h>
#include <cloche/error.h>
#include <cloche/limits.h>
#include <cstddef>

namespace cloche {

/// What a host may watch. Every function does nothing unless overridden. A plugin may have several instances
/// one after another: it is `loaded` and `unloaded` with each. They are called on the plugin's
/// thread, between its turns, and must not wait.
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
};

}  // namespace cloche
