#include "host_setup.h"
#include "places.h"
#include "rights.h"
#include "verb.h"

#include <cloche/cloche.h>
#include <cloche/dependencies.h>
#include <cloche/text.h>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Loads the plugins, each after those it depends on, keeps them running with their timers and
whatever they wait for, and unloads them on SIGINT (Ctrl+C) or SIGTERM; the exit code is then 0.
If one of them cannot be loaded none is served. SIGHUP reloads all of them from their folders;
one whose new version does not work goes on as it is. One that crashes is gone, unless --restart
says otherwise; it comes back after a while that grows with each crash, and is given up after five
crashes in a minute. What they write to console goes to stdout, warnings and errors to stderr, each
line after the plugin's id; with --json all of it goes to stderr.

Examples:
  cloche run my-plugin --policy policy.yaml
  cloche run plugins/* --grant-all --restart on-crash
  kill -HUP $(pgrep -x cloche))";

struct Options {
  RightsOptions rights;
  std::vector<std::string> folders;
  std::string restart = "never";
};

Restart restart_of(std::string_view name) {
  if (name == "always") return Restart::always;
  return name == "on-crash" ? Restart::on_crash : Restart::never;
}

/// Tells of plugins that crash while nobody calls them, and what becomes of them. What they leave unhandled is
/// on their console.
class Watch final : public Observer {
 public:
  void crashed(const PluginInfo& plugin, const Error& error) override { tell(plugin, to_string(error)); }
  void restarted(const PluginInfo& plugin) override { tell(plugin, "restarted"); }
  void quarantined(const PluginInfo& plugin, const Error& error) override { tell(plugin, to_string(error)); }

 private:
  static void tell(const PluginInfo& plugin, const std::string& text) {
    std::cerr << escape_controls(plugin.id) + ": " + text + '\n' << std::flush;
  }
};

/// SIGINT, SIGTERM and SIGHUP, kept from ending the process. Made before any thread, so that all of them inherit it.
class Interrupts {
 public:
  Interrupts() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  /// The next one.
  [[nodiscard]] int wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) continue;
    return signal;
  }

 private:
  sigset_t set_{};
};

void tell_serving(const std::vector<Plugin>& plugins, const std::vector<std::string>& folders,
                  const Report& report) {
  Array serving;
  std::string text;
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    const PluginInfo info = plugins[i].info();
    serving.push_back(Object{{"plugin", info.id}, {"version", info.version}, {"folder", folders[i]}});
    text += "serving " + escape_controls(info.id) + " " + info.version + " from " + folders[i] + "\n";
  }
  report.tell(Object{{"serving", std::move(serving)}}, text);
}

// The plugins of the folders, in the order of these, each loaded after those it depends on.
Result<std::vector<Plugin>> load_all(Host& host, const Options& options) {
  std::vector<Manifest> manifests;
  for (const std::string& folder : options.folders) {
    auto manifest = open_manifest(folder);
    if (!manifest) return manifest.error();
    manifests.push_back(std::move(*manifest));
  }
  const auto order = load_order(manifests);
  if (!order) return order.error();
  std::map<std::size_t, Plugin> loaded;
  for (const std::size_t index : *order) {
    const std::string& folder = options.folders[index];
    auto plugin = host.load(folder, {.supervision = {.restart = restart_of(options.restart)}});
    if (!plugin) return Places::in_folder(folder).shown(plugin.error());
    loaded.emplace(index, std::move(*plugin));
  }
  std::vector<Plugin> plugins;
  for (auto& [index, plugin] : loaded) plugins.push_back(std::move(plugin));
  return plugins;
}

// With --json stdout is one document, and this is told elsewhere.
void reload_all(std::vector<Plugin>& plugins, const std::vector<std::string>& folders, const Report& report) {
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    const auto reloaded = plugins[i].reload().get();
    const PluginInfo info = plugins[i].info();
    const std::string name = escape_controls(info.id) + " " + info.version;
    if (reloaded) {
      (report.json() ? std::cerr : std::cout) << "reloaded " + name + " from " + folders[i] + '\n'
                                              << std::flush;
    } else {
      const Error error = Places::in_folder(folders[i]).shown(reloaded.error());
      std::cerr << "not reloaded, " + name + " goes on: " + to_string(error) + '\n' << std::flush;
    }
  }
}

ExitCode run(const Options& options, const Report& report) {
  const Interrupts interrupts;
  auto host =
      make_host(options.rights, {.all_on_stderr = report.json(), .named = true}, std::make_shared<Watch>());
  if (!host) return report.fail(host.error());
  auto plugins = load_all(*host, options);
  if (!plugins) return report.fail(plugins.error());
  tell_serving(*plugins, options.folders, report);
  while (interrupts.wait() == SIGHUP) reload_all(*plugins, options.folders, report);
  for (Plugin& plugin : *plugins) {
    if (const auto ended = plugin.unload().get(); !ended) return report.fail(ended.error());
  }
  return ExitCode::done;
}

}  // namespace

void add_run(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb = program.add_verb("run", "Load plugins and serve them until interrupted", kDetails,
                                    [options](const Report& report) { return run(*options, report); });
  verb.add_option("DIR", options->folders, "A plugin's folder, with its plugin.yaml")->required();
  verb.add_option("--restart", options->restart, "When a plugin is started again: never, on-crash or always")
      ->check(CLI::IsMember({"never", "on-crash", "always"}))
      ->capture_default_str();
  add_rights_options(verb, options->rights);
  add_grant_all(verb, options->rights);
}

}  // namespace cloche::cli
