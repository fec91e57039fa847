#pragma once

#include <cloche/manifest.h>
#include <cloche/result.h>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace cloche {

/// A plugin that is there to be depended on.
struct LoadedPlugin {
  std::string id;
  Version version;
};

/// Checks that `loaded` has what `manifest` requires under `dependencies`, in a version of the range wanted.
/// Pure; safe from any thread. Error: `manifest_invalid`, at the manifest's entry.
[[nodiscard]] Result<void> check_dependencies(const Manifest& manifest, std::span<const LoadedPlugin> loaded);

/// The order in which `manifests` are to be loaded, as their indices: each after those it depends on, otherwise
/// as they come. What it depends on is among them or in `loaded`; a dependency that is optional may be neither.
/// Pure; safe from any thread. Error: `manifest_invalid`, at the entry that cannot be satisfied or that closes
/// a cycle.
[[nodiscard]] Result<std::vector<std::size_t>> load_order(std::span<const Manifest> manifests,
                                                          std::span<const LoadedPlugin> loaded = {});

}  // namespace cloche
