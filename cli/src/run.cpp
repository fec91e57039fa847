#include "host_setup.h"
#include "least_privilege.h"
#include "places.h"
#include "rights.h"
#include "run_reports.h"
#include "trace_file.h"
#include "verb.h"

#include <cerrno>
#include <cloche/cloche.h>
#include <cloche/dependencies.h>
#include <cloche/text.h>
#include <cmath>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
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

With --ask the user is asked, on the terminal, for what the policy leaves to a prompt. The policy's
audit file, if it names one, tells of each use of a capability; --least-privilege sums that up.

SIGUSR1 prints what each plugin did and uses of its limits, --stats does so at the end. With --json
every report is a document of its own, on a line of its own.

Examples:
  cloche run my-plugin --policy policy.yaml
  cloche run plugins/* --grant-all --restart on-crash
  cloche run my-plugin --stats --interval 10
  cloche run my-plugin --metrics /var/lib/node_exporter/cloche.prom --interval 15
  kill -HUP $(pgrep -x cloche))";

struct Options {
  RightsOptions rights;
  RunReports reports;
  TraceFile trace;
  std::vector<std::string> folders;
  std::string restart = "never";
  bool least_privilege = false;
};

Restart restart_of(std::string_view name) {
  if (name == "always") return Restart::always;
  return name == "on-crash" ? Restart::on_crash : Restart::never;
}

/// Tells of plugins that crash while nobody calls them and what becomes of them, and hands on to the trace, if
/// there is one. What they leave unhandled is on their console.
class Watch final : public Observer {
 public:
  explicit Watch(std::shared_ptr<TraceRecorder> trace) : trace_(std::move(trace)) {}

  void crashed(const PluginInfo& plugin, const Error& error) override {
    tell(plugin, to_string(error));
    if (trace_) trace_->crashed(plugin, error);
  }
  void restarted(const PluginInfo& plugin) override { tell(plugin, "restarted"); }
  void quarantined(const PluginInfo& plugin, const Error& error) override { tell(plugin, to_string(error)); }
  void call_ended(const PluginInfo& plugin, const CallEvent& call, const Error* error) override {
    if (trace_) trace_->call_ended(plugin, call, error);
  }
  void slice(const PluginInfo& plugin, const Span& span, SliceEnd end) override {
    if (trace_) trace_->slice(plugin, span, end);
  }
  void resumed(const PluginInfo& plugin, const Span& away, SliceEnd why) override {
    if (trace_) trace_->resumed(plugin, away, why);
  }
  void limit_hit(const PluginInfo& plugin, Limit limit) override {
    if (trace_) trace_->limit_hit(plugin, limit);
  }

 private:
  static void tell(const PluginInfo& plugin, const std::string& text) {
    std::cerr << escape_controls(plugin.id) + ": " + text + '\n' << std::flush;
  }

  std::shared_ptr<TraceRecorder> trace_;
};

/// SIGINT, SIGTERM, SIGHUP and SIGUSR1, kept from ending the process. Made before any thread, so that all of
/// them inherit it.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  /// The next one, or nothing when `seconds` went by without any.
  [[nodiscard]] std::optional<int> wait(std::optional<double> seconds) const {
    siginfo_t info{};
    int signal = -1;
    do {
      if (seconds) {
        const double whole = std::floor(*seconds);
        const timespec time{static_cast<time_t>(whole), static_cast<long>((*seconds - whole) * 1e9)};
        signal = sigtimedwait(&set_, &info, &time);
      } else {
        signal = sigwaitinfo(&set_, &info);
      }
    } while (signal < 0 && errno == EINTR);
    return signal < 0 ? std::nullopt : std::optional(signal);
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

// With --json stdout is for documents, and this is told elsewhere.
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

Result<void> tell_on_request(const Options& options, const Host& host, const Report& report) {
  options.reports.on_request(host, report);
  return options.reports.write_metrics(host);
}

// Until SIGINT or SIGTERM.
Result<void> serve(const Options& options, const Signals& signals, const Host& host,
                   std::vector<Plugin>& plugins, const Report& report) {
  if (auto written = options.reports.write_metrics(host); !written) return written;
  for (;;) {
    const auto signal = signals.wait(options.reports.interval());
    if (signal == SIGHUP) {
      reload_all(plugins, options.folders, report);
    } else if (signal == SIGUSR1) {
      if (auto told = tell_on_request(options, host, report); !told) return told;
    } else if (auto told = options.reports.on_time(host, report); !told || signal) {
      return told;
    }
  }
}

Result<void> run_plugins(Options& options, const Signals& signals, const Report& report) {
  auto setup = host_options(options.rights, {.all_on_stderr = report.json(), .named = true});
  if (!setup) return setup.error();
  setup->observer = std::make_shared<Watch>(options.trace.recorder());
  std::shared_ptr<LeastPrivilege> uses;
  if (options.least_privilege) setup->audit = uses = std::make_shared<LeastPrivilege>(setup->audit);
  auto host = Host::create(std::move(*setup));
  if (!host) return host.error();
  auto plugins = load_all(*host, options);
  if (!plugins) return plugins.error();
  tell_serving(*plugins, options.folders, report);
  if (auto served = serve(options, signals, *host, *plugins, report); !served) return served;
  if (uses) uses->tell(*plugins, report);
  for (Plugin& plugin : *plugins) {
    if (auto ended = plugin.unload().get(); !ended) return ended;
  }
  return {};
}

ExitCode run(Options& options, const Report& report) {
  const Signals signals;
  if (const auto ran = run_plugins(options, signals, report); !ran) return report.fail(ran.error());
  const auto written = options.trace.write();
  return written ? ExitCode::done : report.fail(written.error());
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
  verb.add_flag("--least-privilege", options->least_privilege,
                "At the end, say what was granted and not used, and what was tried and denied");
  add_rights_options(verb, options->rights);
  add_grant_all(verb, options->rights);
  add_ask(verb, options->rights);
  options->reports.add_options(verb);
  options->trace.add_option(verb);
}

}  // namespace cloche::cli
