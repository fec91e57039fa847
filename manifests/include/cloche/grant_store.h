#pragma once

#include <cloche/grant_file.h>
#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// What users decided about plugins, kept in a file that several processes may use at once: the grants that a
/// consent dialog or `cloche grant` writes, revocations, and what was accepted of each plugin.
///
/// A change locks `FILE.lock`, reads the file anew, changes it, writes a new file beside it with mode 0600, flushes
/// it to the disk and renames it over the old one. So what others wrote or a person edited in between is kept
/// (comments are not), and a crash leaves the old file or the new one. A file that cannot be read as grants is left
/// as it is, and every change of it is refused until somebody mends it.
///
/// Grants for once and for a session are never written: they are here until they are removed, or the store goes.
///
/// Safe from any thread; copies are not possible. Everything that changes or refreshes blocks on the file system,
/// and a change also while another process makes one. Errors: `io`; `policy_invalid`, at the place in the file that
/// is wrong; `invalid_argument`, for what cannot be kept in a file (see format_grants()).
class GrantStore {
 public:
  /// Reads `file`, which need not be there yet; its folder is made with the first change. A symbolic link is
  /// followed, and what it leads to is what changes replace.
  [[nodiscard]] static Result<GrantStore> open(const std::filesystem::path& file);

  GrantStore(GrantStore&&) noexcept;
  GrantStore& operator=(GrantStore&&) noexcept;
  ~GrantStore();

  /// The path as it was given to open().
  [[nodiscard]] const std::filesystem::path& path() const noexcept;

  // As of the last time the file was read or changed here. Grants of the file first, in its order, then those in
  // memory; expired ones are among them, and it is resolve() that does not count them.
  [[nodiscard]] std::vector<Policy::UserGrant> grants() const;
  [[nodiscard]] std::vector<Policy::Revocation> revoked() const;
  /// What was accepted of a plugin, if anything was.
  [[nodiscard]] std::optional<AcceptedManifest> accepted(std::string_view plugin) const;
  /// All of the above; memory's grants are among `grants`.
  [[nodiscard]] GrantFile contents() const;

  /// Reads the file again if it is not the one that was read last. Answers whether it was read. On an error the
  /// store says what it said before.
  [[nodiscard]] Result<bool> refresh();

  /// Adds a grant in place of any with the same plugin, capability, publisher's key and workspace that holds as
  /// long: in memory, or in the file.
  [[nodiscard]] Result<void> add(Policy::UserGrant grant);

  struct Removed {
    std::size_t count = 0;
    /// Grants that go on covering some of what was to go: `fs.*` when `fs.read` was removed, or one whose plugin is a
    /// pattern.
    std::vector<Policy::UserGrant> remaining;
  };
  /// Removes the grants whose plugin is `plugin`, written like that, and whose capability `capability` stands for
  /// (a pattern: `fs.read`, `fs.*`, `*`). None is no error.
  [[nodiscard]] Result<Removed> remove(std::string_view plugin, std::string_view capability);

  /// From now on `plugin` (a pattern) must not run, in the versions of `versions` or in all. Grants stay: they
  /// count again after reinstate().
  [[nodiscard]] Result<void> revoke(std::string plugin, std::optional<VersionRange> versions = std::nullopt);
  /// Takes back every revocation whose plugin is written like `plugin`. Answers how many.
  [[nodiscard]] Result<std::size_t> reinstate(std::string_view plugin);

  /// Keeps what was accepted, in place of what was kept for the plugin before.
  [[nodiscard]] Result<void> accept(AcceptedManifest accepted);
  /// Forgets what was accepted of a plugin and removes all its grants, as for one that was uninstalled.
  [[nodiscard]] Result<void> forget(std::string_view plugin);

 private:
  class State;
  explicit GrantStore(std::unique_ptr<State> state) noexcept;

  std::unique_ptr<State> state_;
};

/// The grant that a user gives who says yes to `request` of the plugin of `manifest`: bound to the plugin's id and
/// publisher's key and to the manifest's digest, with the scope and the denials of the request. `workspace` is the
/// folder for Lifetime::workspace, and ignored otherwise.
[[nodiscard]] Policy::UserGrant grant_for(const Manifest& manifest, const CapabilityRequest& request,
                                          Policy::Lifetime lifetime, std::string workspace = {});

/// `policy` with what the store holds added to it: grants and revocations, and what was accepted.
[[nodiscard]] Policy with_grants(Policy policy, const GrantStore& store);

}  // namespace cloche
