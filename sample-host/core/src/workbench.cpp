#include "workbench/workbench.h"

#include "workbench/desk.h"
#include "workbench/editor.h"

#include <algorithm>
#include <cloche/builtin.h>
#include <cloche/package.h>
#include <system_error>
#include <utility>

namespace workbench {

using cloche::Errc;
using cloche::Error;
using cloche::Result;
namespace fs = std::filesystem;

namespace {

constexpr const char* kVersion = "1.0.0";

std::chrono::nanoseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::steady_clock::now() - start;
}

/// Takes what nobody wants to see.
class Silence final : public cloche::LogSink {
 public:
  void write(const cloche::PluginInfo&, cloche::LogLevel, std::string_view) override {}
};

Result<std::vector<fs::path>> plugin_folders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code absent;
    if (fs::exists(entry->path() / std::string(cloche::Package::kManifestName), absent))
      found.push_back(entry->path());
  }
  if (error)
    return Error(Errc::io, "cannot read the plugins' folder: " + error.message()).at({folder.string(), 0, 0});
  std::sort(found.begin(), found.end());
  return found;
}

cloche::Registry make_registry(const WorkbenchOptions& options, std::shared_ptr<Desk> desk) {
  cloche::BuiltinOptions builtin;
  builtin.directories = options.directories;
  builtin.directories["WORKSPACE"] = options.workspace;
  builtin.data_directory = options.data;
  builtin.log = options.log;
  cloche::Registry registry = cloche::builtin_capabilities(std::move(builtin));
  define_editor(registry, std::move(desk));
  return registry;
}

}  // namespace

class Workbench::Impl {
 public:
  Impl(cloche::Host host, std::shared_ptr<Desk> desk) : desk_(std::move(desk)), host_(std::move(host)) {}

  void install(const fs::path& folder);
  InstalledPlugin* find_plugin(const std::string& id);
  Result<cloche::Value> call(const Command& command, const Document& document);

  std::shared_ptr<Desk> desk_;
  cloche::Host host_;
  std::vector<InstalledPlugin> plugins_;
  std::vector<Command> commands_;

 private:
  void load(InstalledPlugin& installed);
};

void Workbench::Impl::load(InstalledPlugin& installed) {
  const auto start = std::chrono::steady_clock::now();
  auto plugin = host_.load(installed.folder);
  installed.load_time = since(start);
  installed.plugin.reset();
  installed.refused.reset();
  if (plugin) {
    installed.plugin.emplace(std::move(*plugin));
  } else {
    installed.refused = plugin.error();
  }
}

// The manifest is read here too: what a refused plugin wanted is to be shown.
void Workbench::Impl::install(const fs::path& folder) {
  InstalledPlugin installed;
  installed.folder = folder;
  if (auto package = cloche::Package::open(folder)) {
    installed.manifest = package->manifest();
    installed.grants = host_.resolve(installed.manifest);
  }
  load(installed);
  if (installed.plugin) {
    for (Command& command : contributed_commands(installed.manifest)) commands_.push_back(std::move(command));
  }
  plugins_.push_back(std::move(installed));
}

InstalledPlugin* Workbench::Impl::find_plugin(const std::string& id) {
  for (InstalledPlugin& installed : plugins_) {
    if (installed.manifest.id == id) return &installed;
  }
  return nullptr;
}

Result<cloche::Value> Workbench::Impl::call(const Command& command, const Document& document) {
  InstalledPlugin* installed = find_plugin(command.plugin);
  if (installed == nullptr) return Error(Errc::invalid_argument, "no plugin brings this command");
  if (!installed->plugin) load(*installed);
  if (!installed->plugin) return *installed->refused;
  const std::string selected = document.selected_text();
  auto result =
      installed->plugin->call(command.function, selected.empty() ? document.text() : selected).get();
  if (!result && result.error().code() == Errc::crashed) installed->plugin.reset();
  return result;
}

Workbench::Workbench(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Workbench::Workbench(Workbench&&) noexcept = default;
Workbench& Workbench::operator=(Workbench&&) noexcept = default;
Workbench::~Workbench() = default;

Result<Workbench> Workbench::create(WorkbenchOptions options) {
  auto desk = std::make_shared<Desk>();
  if (!options.log) options.log = std::make_shared<Silence>();
  options.log = cloche::metered_log(std::move(options.log));
  cloche::HostOptions host;
  host.registry = make_registry(options, desk);
  if (auto good = check_capabilities(options.policy, host.registry.catalogue()); !good) return good.error();
  host.policy = std::move(options.policy);
  host.workers = options.workers;
  host.log = std::move(options.log);
  host.version = kVersion;
  auto made = cloche::Host::create(std::move(host));
  if (!made) return made.error();
  return Workbench(std::make_unique<Impl>(std::move(*made), std::move(desk)));
}

Result<void> Workbench::load_plugins(const fs::path& folder) {
  auto folders = plugin_folders(folder);
  if (!folders) return folders.error();
  for (const fs::path& plugin : *folders) impl_->install(plugin);
  return {};
}

const std::vector<InstalledPlugin>& Workbench::plugins() const noexcept { return impl_->plugins_; }
const std::vector<Command>& Workbench::commands() const noexcept { return impl_->commands_; }

const Command* Workbench::find_command(std::string_view id) const noexcept {
  for (const Command& command : impl_->commands_) {
    if (command.id == id) return &command;
  }
  return nullptr;
}

Outcome Workbench::run(const Command& command, Document& document) {
  Outcome outcome{.result = cloche::Value(), .time = {}, .messages = {}, .changed = false};
  document.begin_step();
  impl_->desk_->open(command.plugin, document);
  const auto start = std::chrono::steady_clock::now();
  outcome.result = impl_->call(command, document);
  outcome.time = since(start);
  outcome.messages = impl_->desk_->close(command.plugin);
  if (outcome.result) {
    outcome.changed = document.end_step(command.title);
  } else {
    document.abandon_step();
  }
  return outcome;
}

}  // namespace workbench
