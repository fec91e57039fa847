#pragma once

#include "instance.h"

#include <cloche/host.h>
#include <filesystem>
#include <memory>

namespace cloche::supervision {

class Slot;

/// What incarnations of a plugin are made from.
struct Blueprint {
  Manifest manifest;
  std::shared_ptr<const PackageFiles> files;
  std::filesystem::path folder;  ///< where both came from, or empty
};

/// What a Slot asks of the Host around it, on any thread that may block.
class SlotHost {
 public:
  virtual ~SlotHost() = default;
  [[nodiscard]] virtual Result<Blueprint> open(const std::filesystem::path& folder) const = 0;
  /// Whether the plugins loaded now fit its dependencies, and it theirs.
  [[nodiscard]] virtual Result<void> check_neighbours(const Manifest& manifest) = 0;
  [[nodiscard]] virtual Result<InstanceParts> build(const Blueprint& blueprint,
                                                    const LoadOptions& options) const = 0;
  /// A plugin of that id was restarted. On the slot's worker; does not wait.
  virtual void restarted(const std::string& id) = 0;
};

}  // namespace cloche::supervision
