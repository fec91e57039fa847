#pragma once

#include <cloche/call.h>
#include <cloche/result.h>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace cloche {

/// A new folder, readable by its owner alone, that goes away with all in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// One for each running plugin that asks for one. Any thread.
class TemporaryFolders {
 public:
  /// The plugin's, made in `base` when it has none. Error: `io`.
  [[nodiscard]] Result<std::shared_ptr<TemporaryFolder>> of(const PluginInfo& plugin,
                                                            const std::filesystem::path& base);

 private:
  std::mutex mutex_;
  std::map<const PluginInfo*, std::weak_ptr<TemporaryFolder>> folders_;
};

}  // namespace cloche
