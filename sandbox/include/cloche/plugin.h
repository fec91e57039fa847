#pragma once

#include <cloche/call.h>
#include <cloche/detail/outgoing.h>
#include <cloche/future.h>
#include <cloche/grants.h>
#include <cloche/statistics.h>
#include <cloche/urgency.h>
#include <cloche/value.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

class Instance;

/// What becomes of a call that finds the plugin's mailbox full.
enum class WhenFull : std::uint8_t {
  refuse,  ///< it answers `mailbox_limit` at once
  /// It waits outside, behind those that came before it, for as long as its wall time lasts. Nothing limits
  /// how many do: that is the caller's to see to, who is held back by waiting for the Future.
  wait,
};

/// How one call differs from the plugin's limits. A limit here can only be tighter than the plugin's own.
struct CallOptions {
  Duration cpu = Duration::max();
  Duration wall = Duration::max();
  Urgency urgency = Urgency::interactive;
  WhenFull when_full = WhenFull::refuse;
};

/// A loaded plugin. Copies name the same instance; when the last copy goes, and the Host no longer needs it,
/// it is unloaded. Every function may be called from any thread. On the thread that runs the plugin, an idle
/// plugin answers a call before `call` returns; elsewhere, or when it is busy, the call joins its mailbox.
class Plugin {
 public:
  [[nodiscard]] const PluginInfo& info() const noexcept;
  [[nodiscard]] const Grants& grants() const noexcept;
  /// The names its main module exports.
  [[nodiscard]] std::vector<std::string> exports() const;

  /// Calls the exported function `name`. Arguments and result cross by Convert; a Promise is awaited; R may
  /// be void, to ignore what comes. Errors: `threw`, `no_such_export`, `invalid_argument` (the result is not
  /// an R), `cpu_limit`, `wall_limit`, `heap_limit`, `size_limit`, `mailbox_limit`, `crashed`, `cancelled`,
  /// `unloaded`.
  template <class R = Value, class... Args>
  Future<R> call(std::string_view name, const Args&... args) {
    return call_with<R>(CallOptions{}, name, args...);
  }

  template <class R = Value, class... Args>
  Future<R> call_with(const CallOptions& options, std::string_view name, const Args&... args) {
    detail::StackCall<R, std::decay_t<const Args>...> outgoing(args...);
    call_export(options, name, outgoing);
    return outgoing.future();
  }

  /// The value of the export `name` ("default" for the default export), awaited if it is a Promise. Errors as
  /// for `call`.
  template <class R = Value>
  Future<R> value(std::string_view name) {
    detail::StackCall<R> outgoing;
    read_export(name, outgoing);
    return outgoing.future();
  }

  /// What it has done since it was loaded, and what it uses of its limits. The plugin is neither stopped nor
  /// waited for.
  [[nodiscard]] Statistics statistics() const;

  /// Ends it: calls that wait or run answer `unloaded`, host functions under way are cancelled and waited
  /// for, then its memory is returned. Settles when that is done; further calls answer `unloaded`.
  Future<void> unload();

 private:
  friend class Host;
  explicit Plugin(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}
  void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing);
  void read_export(std::string_view name, detail::Outgoing& outgoing);

  std::shared_ptr<Instance> instance_;
};

}  // namespace cloche
