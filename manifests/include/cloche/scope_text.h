#pragma once

#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <string>

namespace cloche {

/// `set` in one line for people, rendered from the object that is enforced: `everything`, `nothing`, or `path
/// $WORKSPACE/**, max_bytes 8MiB` with ` or ` between rules. `entry` is the capability's; sizes and durations
/// of resolved grants are written with their units. Texts in which a line's own marks stand are in quotes, control
/// characters are escaped.
[[nodiscard]] std::string describe(const ScopeSet& set, const CatalogueEntry& entry);

}  // namespace cloche
