#pragma once

#include <chrono>
#include <cloche/accepted_manifest.h>
#include <cloche/catalogue.h>
#include <cloche/policy_rule.h>
#include <cloche/result.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// policy.yaml, version 1, as plain data: what the host's author, an organisation and the user allow. A
/// default-constructed policy grants nothing and leaves optional capabilities to a prompt.
struct Policy {
  enum class Verdict : std::uint8_t { deny, allow, prompt };

  struct Defaults {
    Verdict unlisted = Verdict::deny;        ///< required capabilities no grant covers
    Verdict optional = Verdict::prompt;      ///< optional capabilities no grant covers
    Verdict prompt_timeout = Verdict::deny;  ///< a prompt nobody answers: deny or allow
    Verdict no_ui = Verdict::deny;           ///< a prompt where nobody can be asked: deny or allow
    Isolation isolation_at_least = Isolation::context;
    SourceLocation where;
    /// The fields that a file gives, by name, and where. Those it leaves out do not count in combine().
    std::map<std::string, SourceLocation, std::less<>> said;
  };

  enum class Lifetime : std::uint8_t { once, session, workspace, always };

  struct UserGrant {
    PluginMatch match;
    /// Manifest::digest of the manifest that was shown, or empty. It tells a host when to compare() anew;
    /// resolve() has no need of it, since it intersects with what the present manifest asks for.
    std::string manifest_digest;
    ScopedCapability capability;
    ScopeSet deny;
    Lifetime lifetime = Lifetime::always;
    /// With Lifetime::workspace: the one workspace it counts in, an absolute path. Without one it never counts.
    std::string workspace;
    std::optional<std::chrono::sys_seconds> expires;
    /// Read from a file. A grant for once or for one session counts only while it is not: the session it was
    /// given in is over when the file is read again.
    bool persisted = false;
    SourceLocation where;
  };

  struct Revocation {
    PluginMatch match;
    SourceLocation where;
  };

  struct Audit {
    std::string file;
    std::vector<std::string> events;
  };

  Defaults defaults;
  std::map<std::string, std::vector<ScopedCapability>> sets;
  std::map<std::string, SourceLocation> set_places;  ///< where a file names each of `sets`
  std::vector<PolicyRule> ceiling;
  std::vector<PolicyRule> organisation;
  std::vector<UserGrant> grants;
  std::vector<Revocation> revoked;
  std::vector<AcceptedManifest>
      accepted;  ///< what users accepted, for compare(); resolve() does not look at it
  Audit audit;

  /// A policy that grants whatever is asked for. For trying a plugin out, never for shipping.
  [[nodiscard]] static Policy grant_all();

  /// One policy of several, such as the host's, an organisation's and the user's. Their rules, grants and
  /// revocations add up, in the order of `policies`. Of each default the strictest counts among the policies that
  /// give it (Defaults::said, or another value than the field's own); of `audit` the first that names a file.
  /// Error: `policy_invalid`, where two policies give one name to different sets; it names both places.
  [[nodiscard]] static Result<Policy> combine(std::vector<Policy> policies);

  /// From now on what no grant covers is allowed, required or optional. Ceiling and organisation still
  /// narrow.
  void allow_unlisted() noexcept;

  /// Grants `capability` (a pattern: `fs.read`, `fs.*`) with everything to every plugin that matches
  /// `plugin`.
  void add_grant(std::string capability, std::string plugin = "*");
};

/// Reads policy.yaml from `text`; `file_name` is used in locations only. Pure; safe from any thread.
/// Error: `policy_invalid`; every error found is there, the first with the others as its more().
[[nodiscard]] Result<Policy> parse_policy(std::string_view text, std::string_view file_name);

/// Checks every capability `policy` names, and the fields of every scope, against what the host offers. A
/// pattern such as `net.*` may stand for nothing. Error: `policy_invalid`, as of parse_policy().
[[nodiscard]] Result<void> check_capabilities(const Policy& policy, const Catalogue& catalogue);

}  // namespace cloche
