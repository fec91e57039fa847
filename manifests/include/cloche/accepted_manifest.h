#pragma once

#include <cloche/capability_request.h>
#include <cloche/semver.h>
#include <string>
#include <vector>

namespace cloche {

struct Manifest;

/// What a user accepted of one version of a plugin: enough to tell, when another version comes, what it asks for
/// beyond that. Plain data; kept in a GrantStore across restarts.
struct AcceptedManifest {
  std::string plugin;                       ///< the plugin's id
  Version version;                          ///< the version that was accepted
  std::string publisher_key;                ///< "ed25519:" and base64, or empty
  std::string manifest_digest;              ///< as Manifest::digest, or empty
  std::vector<CapabilityRequest> required;  ///< without their reasons; scopes as written
  std::vector<CapabilityRequest> optional;
  SourceLocation where;  ///< its entry, where it was read from a file
};

/// What is to be kept of `manifest` once it is accepted.
[[nodiscard]] AcceptedManifest accepted(const Manifest& manifest);

}  // namespace cloche
