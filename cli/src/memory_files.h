#pragma once

#include <cloche/host.h>
#include <cloche/result.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cloche::cli {

/// A plugin's files that are only in memory.
class MemoryFiles final : public PackageFiles {
 public:
  explicit MemoryFiles(std::map<std::string, std::string, std::less<>> files) : files_(std::move(files)) {}
  [[nodiscard]] Result<std::string> read(std::string_view path) const override;

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

/// The manifest of a plugin called `id` whose only file is main.mjs, and which asks for nothing.
Manifest manifest_of_program(std::string id);

/// The files of it.
std::shared_ptr<const PackageFiles> files_of_program(std::string source);

}  // namespace cloche::cli
