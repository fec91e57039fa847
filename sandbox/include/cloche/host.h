#pragma once

#include <chrono>
#include <cloche/log_sink.h>
#include <cloche/manifest.h>
#include <cloche/observer.h>
#include <cloche/plugin.h>
#include <cloche/policy.h>
#include <cloche/registry.h>
#include <cloche/result.h>
#include <filesystem>
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

  std::shared_ptr<LogSink> log = {};        ///< takes what plugins write to `console`; null: it is dropped
  std::shared_ptr<Observer> observer = {};  ///< null: nobody watches

  /// The application's version, SemVer; manifests' `engines.host` is checked against it.
  std::string version = "0.0.0";
  bool can_prompt = false;  ///< whether a user is there to be asked

  /// How long a plugin that computes may keep others of its thread waiting before it is interrupted.
  std::chrono::microseconds slice{4000};

  /// Whether a plugin that the engine gives up (out of memory inside V8, an internal check) is quarantined
  /// while the process goes on. Robustness, not a boundary: see SECURITY.md. False: the process ends, as V8
  /// would have it.
  bool contain_crashes = true;

  /// V8 flags, such as "--max-lazy". They count for the process, for the first Host in it.
  std::vector<std::string> engine_flags = {};
};

struct LoadOptions {
  /// The weakest isolation the caller accepts; the manifest and the policy may ask for a stronger one.
  Isolation isolation_at_least = Isolation::context;

  /// Which plugins this one may share an isolate with, when manifest, policy and `isolation_at_least` leave it
  /// at `Isolation::context`: those loaded with the same name here. Empty: those with the same `publisher.key`
  /// in their manifests, and none where there is no key. All of a group run on one worker; those with other
  /// limits of heap, external memory or stack have an isolate of their own. SECURITY.md says what it is worth.
  std::string trust_group = {};
};

/// Loads plugins and runs them. Made, used and destroyed on one thread, but for `load`, which any thread may
/// call; its Plugins may be used from any thread, and outlive it as handles that answer `unloaded`.
class Host {
 public:
  /// Errors: `invalid_argument` (a version that is none), `not_supported` (this machine lacks what it takes).
  [[nodiscard]] static Result<Host> create(HostOptions options);
  Host(Host&&) noexcept;
  Host& operator=(Host&&) noexcept;
  /// Unloads every plugin and waits for that.
  ~Host();

  /// Loads the plugin in `folder`: reads its manifest, resolves its grants, runs its main module. Waits for
  /// it. Errors: `manifest_invalid`, `source_invalid`, `not_capable`, `module_not_found`, `threw`, any limit.
  [[nodiscard]] Result<Plugin> load(const std::filesystem::path& folder, const LoadOptions& options = {});

  /// Loads a plugin from a manifest and files that need not be a folder.
  [[nodiscard]] Result<Plugin> load(Manifest manifest, std::shared_ptr<const PackageFiles> files,
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

 private:
  class Impl;
  explicit Host(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloche
