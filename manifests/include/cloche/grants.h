#pragma once

#include <cloche/error.h>
#include <cloche/limits.h>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cloche {

/// How strongly an instance is kept apart; each is stricter than the one before.
enum class Isolation : std::uint8_t { context, isolate, process };

std::string_view to_string(Isolation isolation) noexcept;

/// Who said something about a plugin's rights, in the order in which `explain` tells it.
enum class Layer : std::uint8_t { manifest, ceiling, organisation, grant, defaults, host, revocation };

std::string_view to_string(Layer layer) noexcept;

/// The layer and the line behind a decision.
struct Origin {
  Layer layer = Layer::manifest;
  SourceLocation where;
};

/// One field of a rule: a flag, a number (bytes, nanoseconds or a count, as its ScopeKind says), a text or a
/// list.
using ScopeValue = std::variant<bool, std::uint64_t, std::string, std::vector<std::string>>;

/// One rule of a scope, such as `{path: "$WORKSPACE/**", max_bytes: 8MiB}`: every field of it must match.
struct ScopeRule {
  std::map<std::string, ScopeValue, std::less<>> fields;
  SourceLocation where;
  /// Where each field's value stands, for messages; empty in grants.
  std::map<std::string, SourceLocation, std::less<>> places;
};

/// What one layer says: everything (an explicit "*"), or that which at least one of its rules matches.
struct ScopeSet {
  Origin origin;
  bool everything = false;
  std::vector<ScopeRule> rules;
};

/// A capability a plugin holds. Its scope is kept as the conjunction of what the layers said and never
/// simplified: a use is inside when every set of `allow` has a rule that matches and no set of `deny` has
/// one.
struct Grant {
  std::string capability;
  std::vector<ScopeSet> allow;
  std::vector<ScopeSet> deny;
};

/// Whether two grants let a plugin do the same, whoever gave them.
[[nodiscard]] bool same_scope(const Grant& a, const Grant& b);

/// One step on the way to a decision.
struct DecisionStep {
  enum class Effect : std::uint8_t { asks, allows, narrows, denies };
  Origin origin;
  Effect effect = Effect::asks;
  std::string text;  ///< one sentence for people
};

/// Why a capability was or was not granted.
struct Decision {
  std::string capability;
  bool required = false;
  bool granted = false;
  bool prompt = false;   ///< not granted now, but the user may be asked for it
  bool ignored = false;  ///< not granted, it does nothing instead of throwing (`when_denied: ignore`)
  std::string reason;    ///< the plugin's own words, control characters escaped
  std::vector<DecisionStep> steps;
};

/// What a plugin may do: the intersection of what its manifest asks and what every layer of policy allows.
/// Plain data without ties to the texts it came from; copies are independent.
struct Grants {
  std::string plugin;   ///< the plugin's id
  std::string version;  ///< its version, SemVer 2.0.0
  Isolation isolation = Isolation::isolate;
  Limits limits;
  std::vector<Grant> granted;
  std::vector<Decision> decisions;  ///< one for every capability asked for, in the manifest's order
  /// Why the plugin as a whole is refused, whatever it asks for; empty where it is not.
  std::optional<DecisionStep> refused;

  [[nodiscard]] const Grant* find(std::string_view capability) const noexcept;
  [[nodiscard]] const Decision* decision(std::string_view capability) const noexcept;
};

}  // namespace cloche
