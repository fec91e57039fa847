#pragma once

#include <cloche/manifest.h>
#include <cloche/policy_rule.h>

namespace cloche {

/// Whether `match` is about the plugin of `manifest`. Where being matched takes something away, prereleases
/// are to be included, where it gives something, they are not.
inline bool is_about(const PluginMatch& match, const Manifest& manifest,
                     VersionRange::Prereleases prereleases) {
  if (!glob_matches(match.plugin, manifest.id)) return false;
  if (match.publisher_key) {
    const bool none = *match.publisher_key == "none";
    if (none ? !manifest.publisher.key.empty() : manifest.publisher.key != *match.publisher_key) return false;
  }
  return !match.version || match.version->contains(manifest.version, prereleases);
}

}  // namespace cloche
