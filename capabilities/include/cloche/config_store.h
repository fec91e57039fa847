#pragma once

#include <cloche/result.h>
#include <cloche/value.h>
#include <filesystem>
#include <memory>
#include <string>

namespace cloche {

/// Where the settings are kept that a user chose for each plugin. Called from any thread, one call at a time; may block.
class ConfigStore {
 public:
  virtual ~ConfigStore() = default;
  /// Empty where nothing was chosen.
  [[nodiscard]] virtual Result<Object> read(const std::string& plugin) = 0;
  /// In place of what was there.
  [[nodiscard]] virtual Result<void> write(const std::string& plugin, const Object& settings) = 0;
};

/// Keeps them as long as it lives itself.
[[nodiscard]] std::shared_ptr<ConfigStore> memory_config_store();

/// Keeps them in `<folder>/<plugin id>/config.json`, readable by their owner alone and replaced as a whole. Errors of its
/// functions: `io`, also for a file that is no JSON object; `invalid_argument` for an id that can name no folder.
[[nodiscard]] std::shared_ptr<ConfigStore> file_config_store(std::filesystem::path folder);

}  // namespace cloche
