#pragma once

#include <chrono>
#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <optional>
#include <string>

namespace cloche {

/// What resolve() needs to know of the world; it looks at nothing else.
struct ResolveContext {
  /// Grants that expire at or before this instant are void. The default voids every grant that expires at
  /// all.
  std::chrono::system_clock::time_point now = std::chrono::system_clock::time_point::max();
  bool can_prompt = false;  ///< whether somebody can be asked
  /// The workspace that is open, an absolute path; grants for another one are void, and without one all that are
  /// for a workspace.
  std::string workspace = {};
};

/// What the plugin of `manifest` may do under `policy`: what is asked for ∩ ceiling ∩ organisation ∩ grants,
/// minus every deny of every layer. Scopes are kept as a conjunction, their sizes and durations turned into
/// numbers. Limits are the minimum of all layers, isolation is the strictest. Pure: the same arguments, the
/// same grants; safe from any thread.
///
/// It fails closed. An allowing rule that does not fit the catalogue (check_capabilities() would say so)
/// allows nothing; a denying one denies all of the capability.
[[nodiscard]] Grants resolve(const Manifest& manifest, const Policy& policy, const Catalogue& catalogue,
                             const ResolveContext& context = {});

/// Why the plugin cannot be loaded with `grants`: it is revoked, or a required capability was not granted.
/// The error is `not_capable`, at the manifest's entry, and names the layer that denied and what to do;
/// further ones are its more(). Nothing where it can be loaded.
[[nodiscard]] std::optional<Error> missing_required(const Grants& grants);

}  // namespace cloche
