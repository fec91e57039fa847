#pragma once

#include <cloche/manifest.h>
#include <string>
#include <string_view>
#include <vector>

namespace workbench {

/// Something a user can do with a document, brought by a plugin.
struct Command {
  std::string id;
  std::string title;     ///< as the manifest has it: escape before showing
  std::string shortcut;  ///< empty: none
  std::string plugin;    ///< the id of the plugin that brings it
  std::string function;  ///< the export that is called
};

/// The exported function that a command id names: its part after the last dot, in camel case
/// (`preferences.toggle-wrap` is `toggleWrap`).
std::string command_function(std::string_view command_id);

/// The commands a manifest contributes, in its order.
std::vector<Command> contributed_commands(const cloche::Manifest& manifest);

}  // namespace workbench
