#pragma once

#include <cloche/call.h>
#include <cloche/detail/outgoing.h>
#include <cloche/future.h>
#include <cloche/grants.h>
#include <cloche/manifest.h>
#include <cloche/statistics.h>
#include <cloche/supervision.h>
#include <cloche/urgency.h>
#include <cloche/value.h>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

class PackageFiles;

namespace supervision {
class Slot;
}

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

/// A loaded plugin, through all its restarts and reloads. Copies name the same plugin; when the last copy goes, and the Host no longer needs it,
/// it is unloaded. Every function may be called from any thread. On the thread that runs the plugin, an idle
/// plugin answers a call before `call` returns; elsewhere, or when it is busy, the call joins its mailbox.
class Plugin {
 public:
  /// As of now: a reload may change both.
  [[nodiscard]] PluginInfo info() const;
  [[nodiscard]] Grants grants() const;
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

  /// Ends it: new calls answer `unloaded`, and so do those that wait or run, at once or when the drain is over;
  /// host functions under way are cancelled and waited for, then its memory is returned. Settles when that is
  /// done. A host function of the plugin's own cannot wait for it: its `get` answers `cancelled`. Unloading
  /// again, with a shorter drain, ends a longer one.
  Future<void> unload(const UnloadOptions& options = {});

  /// Starts it again, now, whatever it is doing; one that was quarantined too. Calls under way answer
  /// `unloaded`; its crashes so far are forgotten. Settles when the main module has run. Errors: as of
  /// Host::load, and then `Supervision` says what comes next.
  Future<void> restart();

  /// Exchanges it for the version that is now in the folder it came from (or in `folder`, or made of
  /// `manifest` and `files`); the id must be the same. The new version is loaded beside the old one. If it
  /// exports `health`, that must not throw, reject or answer false. If both manifests say
  /// `hot_reload: {state: export}`, calls are held until those under way are done, and what the old one's
  /// `exportState()` gives goes to the new one's `importState(state)`. From then on calls go to the new one;
  /// those under way finish on the old one, within the drain, before it is unloaded. No call is lost to the
  /// exchange; handles of the old one's functions answer `unloaded`. Settles when the old one is gone. Errors:
  /// as of Host::load, and of the exports named; then the old version goes on.
  Future<void> reload(const ReloadOptions& options = {});
  Future<void> reload(const std::filesystem::path& folder, const ReloadOptions& options = {});
  Future<void> reload(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                      const ReloadOptions& options = {});

  /// How it has fared so far.
  [[nodiscard]] Life life() const;

  /// What its present instance has done since it was loaded, and what it uses of its limits; crashes and
  /// restarts are those of all its instances. The plugin is neither stopped nor waited for.
  [[nodiscard]] Statistics statistics() const;

 private:
  friend class Host;
  explicit Plugin(std::shared_ptr<supervision::Slot> slot) : slot_(std::move(slot)) {}
  void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing);
  void read_export(std::string_view name, detail::Outgoing& outgoing);

  std::shared_ptr<supervision::Slot> slot_;
};

}  // namespace cloche
