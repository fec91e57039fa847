#pragma once

#include <cloche/manifest.h>
#include <cloche/result.h>
#include <optional>
#include <string>

namespace cloche::cli {

/// A plugin as a command line names it: by its folder, or by its id alone.
struct PluginName {
  std::string id;  ///< or a pattern of ids, where it was not a folder
  std::optional<Manifest> manifest;
};

/// A text with a '/', and what is a folder, is a folder; all else is an id. Error: as of open_manifest().
[[nodiscard]] Result<PluginName> read_plugin_name(const std::string& text);

}  // namespace cloche::cli
