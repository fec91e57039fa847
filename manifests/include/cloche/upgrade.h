#pragma once

#include <cloche/accepted_manifest.h>
#include <cloche/catalogue.h>
#include <cloche/manifest.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// How one capability of a plugin's next version stands to the version that was accepted.
struct CapabilityChange {
  enum class Kind : std::uint8_t {
    unchanged,
    narrower,      ///< it may do less, or has become optional
    wider,         ///< it may do more, or that it does not cannot be proved, or it has become required
    new_optional,  ///< it was not asked for before
    new_required,
    removed,
  };

  std::string capability;
  Kind kind = Kind::unchanged;
  std::string text;      ///< one sentence for people
  SourceLocation where;  ///< the entry of the next manifest, or of the accepted one where it is removed
};

std::string_view to_string(CapabilityChange::Kind kind) noexcept;

/// What a plugin's next version asks for beside the one that was accepted.
struct Upgrade {
  enum class Verdict : std::uint8_t {
    /// The grants there are go on holding, and nothing needs to be asked. What an optional capability asks for beyond
    /// them stays ungranted: a grant holds the scope that was granted.
    silent,
    needs_consent,    ///< something required is new or wider: the old version stays until a user accepts
    other_publisher,  ///< another id or publisher's key: another plugin, which inherits nothing
  };

  Verdict verdict = Verdict::silent;
  std::string text;                       ///< why, in one sentence for people
  std::vector<CapabilityChange> changes;  ///< in the order of the next manifest, then what is removed
};

std::string_view to_string(Upgrade::Verdict verdict) noexcept;

/// Compares what was accepted with the next manifest. A scope is narrower only where that follows rule by rule: each
/// new rule is an old one with smaller sizes, durations or counts, or with fewer of a field's choices; and whatever
/// was denied before is denied in the same words. Everything else is wider, also what only looks different. To
/// what comes from another publisher, everything is new. Pure; safe from any thread.
[[nodiscard]] Upgrade compare(const AcceptedManifest& accepted, const Manifest& next,
                              const Catalogue& catalogue);

/// The same for a manifest that is at hand.
[[nodiscard]] Upgrade compare(const Manifest& accepted, const Manifest& next, const Catalogue& catalogue);

}  // namespace cloche
