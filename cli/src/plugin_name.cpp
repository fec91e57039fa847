#include "plugin_name.h"

#include "rights.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace cloche::cli {

Result<PluginName> read_plugin_name(const std::string& text) {
  std::error_code error;
  const bool folder = text.find('/') != std::string::npos || std::filesystem::is_directory(text, error);
  if (!folder) return PluginName{text, std::nullopt};
  auto manifest = open_manifest(text);
  if (!manifest) return manifest.error();
  std::string id = manifest->id;
  return PluginName{std::move(id), *std::move(manifest)};
}

}  // namespace cloche::cli
