#include "memory_files.h"

#include <utility>

namespace cloche::cli {
namespace {
constexpr const char* kMain = "main.mjs";
}

Result<std::string> MemoryFiles::read(std::string_view path) const {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  return Error(Errc::io, "there is no file '" + std::string(path) + "'");
}

Manifest manifest_of_program(std::string id) {
  Manifest manifest;
  manifest.name = id;
  manifest.id = std::move(id);
  manifest.main = kMain;
  return manifest;
}

std::shared_ptr<const PackageFiles> files_of_program(std::string source) {
  return std::make_shared<MemoryFiles>(
      std::map<std::string, std::string, std::less<>>{{kMain, std::move(source)}});
}

}  // namespace cloche::cli
