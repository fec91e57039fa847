#pragma once

#include <chrono>
#include <cloche/audit.h>
#include <cloche/consent.h>
#include <cloche/grant_store.h>
#include <cloche/limits.h>
#include <cloche/log_sink.h>
#include <cloche/manifest.h>
#include <cloche/observer.h>
#include <cloche/plugin.h>
#include <cloche/policy.h>
#include <cloche/registry.h>
#include <cloche/result.h>
#include <cloche/statistics.h>
#include <cloche/supervision.h>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// Where a plugin's files come from when it is not a folder: an archive, a network, memory. Paths are
/// relative to the package, with '/' between their parts. Called on the plugin's thread; may be called for
/// several plugins at once.
class PackageFiles {
 public:
  virtual ~PackageFiles() = default;
  [[nodiscard]] virtual Result<std::string> read(std::string_view path) const = 0;
};

struct HostOptions {
  Registry registry = {};    ///< the host functions plugins may be given
  Policy policy = Policy();  ///< who may have which; the default grants nothing

  /// Threads that run plugins. 0: none; the thread that makes the Host runs them, inside `poll` and while it
  /// waits for a Future.
  unsigned workers = 1;

  /// Takes what plugins write to `console`, up to their `log_per_second` (see `metered_log`); null: it is
  /// dropped.
  std::shared_ptr<LogSink> log = {};
  std::shared_ptr<Observer> observer = {};  ///< null: nobody watches
  /// Told of each use of a capability and of each decision. Null: the AuditLog of the policy's `audit.file`, if it names
  /// one.
  std::shared_ptr<AuditSink> audit = {};

  /// The application's version, SemVer; manifests' `engines.host` is checked against it.
  std::string version = "0.0.0";

  /// What the user decided, kept in a file; null: what is decided is kept for as long as the host lives. Its grants
  /// count beside those of the policy.
  std::shared_ptr<GrantStore> grants = {};
  std::shared_ptr<Consent> consent = {};  ///< how the user is asked; null: nobody is there
  /// How long a question waits for its answer; then `defaults.prompt_timeout` of the policy is it. A load waits for what
  /// the plugin requires for as long as `consent` takes.
  Duration prompt_patience = std::chrono::minutes(2);
  /// The folder that is open, an absolute path; grants "for the workspace" are for this one.
  std::filesystem::path workspace = {};

  /// How long a plugin that computes may keep others of its thread waiting before it is interrupted.
  std::chrono::microseconds slice{4000};

  /// An instance that has had nothing to do for this long gives back what it can rebuild: young generation,
  /// caches, compiled code, the pages of its stack. Duration::max(): never.
  Duration idle_after = std::chrono::seconds(30);

  /// Whether a plugin that the engine gives up (out of memory inside V8, an internal check) is quarantined
  /// while the process goes on. Robustness, not a boundary: see SECURITY.md. False: the process ends, as V8
  /// would have it.
  bool contain_crashes = true;

  /// V8 flags, such as "--max-lazy". They count for the process, for the first Host in it.
  std::vector<std::string> engine_flags = {};

  /// How many plugins may live at once; 0: any number. Beyond it, a load first evicts the least recently used
  /// idle plugin whose manifest says `hot_reload: {state: export}`: what its `exportState()` gives is kept, and
  /// its next call starts it again, with `importState(state)`. Timers it had set are forgotten; one whose
  /// functions the host holds is not evicted. (While a plugin is reloaded, it lives twice.)
  std::size_t max_live_instances = 0;

  /// Numbers from 0 up to, and without, 1, for the jitter of restarts; called on workers' threads. Null:
  /// random ones.
  std::function<double()> random = {};
};

struct LoadOptions {
  /// The weakest isolation the caller accepts; the manifest and the policy may ask for a stronger one.
  Isolation isolation_at_least = Isolation::context;

  /// Which plugins this one may share an isolate with, when manifest, policy and `isolation_at_least` leave it
  /// at `Isolation::context`: those loaded with the same name here. Empty: those with the same `publisher.key`
  /// in their manifests, and none where there is no key. All of a group run on one worker; those with other
  /// limits of heap, external memory or stack have an isolate of their own. SECURITY.md says what it is worth.
  std::string trust_group = {};

  /// How much of its worker's time the plugin gets beside others that compute: parts of the sum of their
  /// weights, from 1 to 10,000. What one does not use, the others have.
  std::uint32_t weight = 100;
  Supervision supervision = {};  ///< what becomes of it when it crashes
};

/// Loads plugins and runs them. Made, used and destroyed on one thread, but for `load` and `statistics`,
/// which any thread may call; its Plugins may be used from any thread, and outlive it as handles that answer `unloaded`.
class Host {
 public:
  /// Errors: `invalid_argument` (a version that is none), `not_supported` (this machine lacks what it takes).
  [[nodiscard]] static Result<Host> create(HostOptions options);
  Host(Host&&) noexcept;
  Host& operator=(Host&&) noexcept;
  /// Unloads every plugin, the last one loaded first, and waits for that.
  ~Host();

  /// Loads the plugin in `folder`: reads its manifest, resolves its grants, runs its main module. Waits for
  /// it. Plugins that its manifest requires (`dependencies`) must be loaded already. Errors:
  /// `invalid_argument` (a weight that is none), `manifest_invalid`, `source_invalid`, `not_capable`,
  /// `module_not_found`, `threw`, any limit, `quota` (HostOptions::max_live_instances).
  [[nodiscard]] Result<Plugin> load(const std::filesystem::path& folder, const LoadOptions& options = {});

  /// Loads a plugin from a manifest and files that need not be a folder.
  [[nodiscard]] Result<Plugin> load(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                                    const LoadOptions& options = {});

  /// Loads several plugins, each after those of them that it depends on; the handles come in the order of
  /// `folders`. When one cannot be loaded, those loaded before are unloaded. Errors: as of `load`, and
  /// `manifest_invalid`, at the entry, for dependencies that form a cycle or that no version satisfies.
  [[nodiscard]] Result<std::vector<Plugin>> load_all(const std::vector<std::filesystem::path>& folders,
                                                     const LoadOptions& options = {});

  /// Without workers: runs plugins on the calling thread until nothing is left to do now or `budget` is used
  /// up. True when something is left. To be called when `wake_handle` is readable, or once a frame.
  bool poll(std::chrono::microseconds budget = std::chrono::microseconds(4000));

  /// Without workers: a file descriptor that is readable when `poll` has something to do, for epoll, Qt or
  /// GLib. It belongs to the Host; it is only to be watched. -1 with workers.
  [[nodiscard]] int wake_handle() const noexcept;

  /// What plugins of this host may be granted, and how each plugin's rights come out.
  [[nodiscard]] Grants resolve(const Manifest& manifest) const;
  [[nodiscard]] const Registry& registry() const noexcept;

  /// From now on this policy counts. What plugins hold, and no longer may, is taken from them as by `revoke`; what they
  /// may now, of what their manifests ask for, they hold before long. Any thread, as the next three.
  void set_policy(Policy policy);
  /// Adds a grant of the user's, which the plugins it is about hold before long: in the GrantStore, where there is one and
  /// the grant lasts, otherwise for as long as the host lives. Errors: as of GrantStore.
  [[nodiscard]] Result<void> grant(Policy::UserGrant grant);
  /// Takes a capability, or all of a pattern (`fs.*`, `*`), from a plugin, by its id. From the moment this returns its
  /// functions throw `NotCapable`: those called from then on, those under way, which are woken where they wait, and
  /// those the plugin has saved; what they left behind (watches, streams, subscriptions) ends. It is not granted
  /// again, nor asked for, before `grant`. Errors: as of GrantStore, when the grants cannot be removed from the file;
  /// it is revoked all the same.
  [[nodiscard]] Result<void> revoke(std::string_view plugin, std::string_view capability);
  /// Looks whether another process has changed the GrantStore's file. Errors: as of GrantStore.
  [[nodiscard]] Result<void> refresh_grants();

  /// What each loaded plugin has done and uses, in the order of their loads. Any thread.
  [[nodiscard]] std::vector<Statistics> statistics() const;

 private:
  class Impl;
  explicit Host(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloche
