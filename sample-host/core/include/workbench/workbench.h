#pragma once

#include "workbench/commands.h"
#include "workbench/document.h"

#include <chrono>
#include <cloche/host.h>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace workbench {

struct WorkbenchOptions {
  cloche::Policy policy;            ///< what plugins may be granted
  std::filesystem::path workspace;  ///< the folder the user works in: $WORKSPACE
  std::map<std::string, std::filesystem::path>
      directories;                       ///< others that a policy can name: HOME for `$HOME`
  std::filesystem::path data;            ///< where plugins' data is kept; made when first used
  std::shared_ptr<cloche::LogSink> log;  ///< takes what plugins write to console; null: dropped
  unsigned workers = 1;                  ///< as in cloche::HostOptions
};

/// A plugin the workbench found: loaded, or refused and why.
struct InstalledPlugin {
  std::filesystem::path folder;
  cloche::Manifest manifest;  ///< empty where it could not be read
  cloche::Grants grants;
  std::optional<cloche::Plugin> plugin;  ///< nothing while it is not loaded
  std::optional<cloche::Error> refused;  ///< why it was not loaded
  std::chrono::nanoseconds load_time{0};
};

/// How a command ended.
struct Outcome {
  cloche::Result<cloche::Value> result;
  std::chrono::nanoseconds time{0};
  std::vector<std::string> messages;  ///< what it showed the user, as it wrote it: escape before showing
  bool changed = false;               ///< whether the document has a new step to undo
};

/// The application without a front end: the plugins, their commands, and running these on documents. Used on
/// one thread.
class Workbench {
 public:
  /// Errors: `policy_invalid`, and those of cloche::Host::create.
  [[nodiscard]] static cloche::Result<Workbench> create(WorkbenchOptions options);
  Workbench(Workbench&&) noexcept;
  Workbench& operator=(Workbench&&) noexcept;
  ~Workbench();

  /// Loads every folder in `folder` that holds a plugin.yaml, in the order of their names. What cannot be
  /// loaded is kept as refused. Error: `io`, when the folder cannot be read.
  [[nodiscard]] cloche::Result<void> load_plugins(const std::filesystem::path& folder);

  [[nodiscard]] const std::vector<InstalledPlugin>& plugins() const noexcept;
  /// The commands of the plugins that are loaded.
  [[nodiscard]] const std::vector<Command>& commands() const noexcept;
  [[nodiscard]] const Command* find_command(std::string_view id) const noexcept;

  /// Runs a command on `document` and waits for its end. Its function is called with the selected text, or
  /// all of it where nothing is selected. What it changed becomes one step to undo; when it fails, the
  /// document is as before. A plugin that has crashed is loaded anew first.
  Outcome run(const Command& command, Document& document);

 private:
  class Impl;
  explicit Workbench(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace workbench
