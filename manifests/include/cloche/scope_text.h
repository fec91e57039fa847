#pragma once

#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <cloche/result.h>
#include <string>
#include <string_view>

namespace cloche {

/// `set` in one line for people, rendered from the object that is enforced: `everything`, `nothing`, or `path
/// $WORKSPACE/**, max_bytes 8MiB` with ` or ` between rules. `entry` is the capability's; sizes and durations
/// of resolved grants are written with their units. Texts in which a line's own marks stand are in quotes, control
/// characters are escaped.
[[nodiscard]] std::string describe(const ScopeSet& set, const CatalogueEntry& entry);

/// Reads a scope as a policy has it under `allow`, on its own, in YAML or JSON: `*`, one rule (`{path: "a/**"}`) or a
/// list of rules. `name` is used in locations only. Whether its fields suit a capability is for
/// check_capabilities() to say. Error: `policy_invalid`, as of parse_policy().
[[nodiscard]] Result<ScopeSet> parse_scope(std::string_view text, std::string_view name);

}  // namespace cloche
