#include "host_setup.h"
#include "places.h"
#include "rights.h"
#include "verb.h"

#include <cloche/cloche.h>
#include <cloche/text.h>
#include <csignal>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Loads the plugins, keeps them running with their timers and whatever they wait for, and unloads
them on SIGINT (Ctrl+C) or SIGTERM; the exit code is then 0. If one of them cannot be loaded
none is served. What they write to console goes to stdout, warnings and errors to stderr, each
line after the plugin's id; with --json all of it goes to stderr.

Examples:
  cloche run my-plugin --policy policy.yaml
  cloche run plugins/* --grant-all)";

struct Options {
  RightsOptions rights;
  std::vector<std::string> folders;
};

/// Tells of plugins that crash while nobody calls them. What they leave unhandled is on their console.
class Watch final : public Observer {
 public:
  void crashed(const PluginInfo& plugin, const Error& error) override {
    std::cerr << escape_controls(plugin.id) + ": " + to_string(error) + '\n' << std::flush;
  }
};

/// SIGINT and SIGTERM, kept from ending the process. Made before any thread, so that all of them inherit it.
class Interrupts {
 public:
  Interrupts() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    while (sigwait(&set_, &signal) != 0) continue;
  }

 private:
  sigset_t set_{};
};

void tell_serving(const std::vector<Plugin>& plugins, const std::vector<std::string>& folders,
                  const Report& report) {
  Array serving;
  std::string text;
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    const PluginInfo& info = plugins[i].info();
    serving.push_back(Object{{"plugin", info.id}, {"version", info.version}, {"folder", folders[i]}});
    text += "serving " + escape_controls(info.id) + " " + info.version + " from " + folders[i] + "\n";
  }
  report.tell(Object{{"serving", std::move(serving)}}, text);
}

ExitCode run(const Options& options, const Report& report) {
  const Interrupts interrupts;
  auto host =
      make_host(options.rights, {.all_on_stderr = report.json(), .named = true}, std::make_shared<Watch>());
  if (!host) return report.fail(host.error());
  std::vector<Plugin> plugins;
  for (const std::string& folder : options.folders) {
    if (auto manifest = open_manifest(folder); !manifest) return report.fail(manifest.error());
    auto plugin = host->load(folder);
    if (!plugin) return report.fail(Places::in_folder(folder).shown(plugin.error()));
    plugins.push_back(std::move(*plugin));
  }
  tell_serving(plugins, options.folders, report);
  interrupts.wait();
  for (Plugin& plugin : plugins) {
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
  add_rights_options(verb, options->rights);
  add_grant_all(verb, options->rights);
}

}  // namespace cloche::cli
