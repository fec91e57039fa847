#pragma once

#include <cloche/capability_request.h>
#include <cloche/catalogue.h>

namespace cloche {

/// Whether all that `inner` asks for is provably within what `outer` asks for, rule by rule. `entry` is the
/// capability's, or null where the host has none of that name: then only the same words are within each other.
[[nodiscard]] bool is_within(const CapabilityRequest& inner, const CapabilityRequest& outer,
                             const CatalogueEntry* entry);

}  // namespace cloche
