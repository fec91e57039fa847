#pragma once

#include <cloche/call.h>
#include <cloche/error.h>

namespace cloche {

/// What a host may watch. Every function does nothing unless overridden. They are called on the plugin's
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
};

}  // namespace cloche
