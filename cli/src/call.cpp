#include "host_setup.h"
#include "places.h"
#include "rights.h"
#include "statistics_text.h"
#include "trace_file.h"
#include "verb.h"

#include <algorithm>
#include <cloche/cloche.h>
#include <cloche/json.h>
#include <cloche/text.h>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Loads the plugin in DIR, calls what its main module exports as EXPORT with the arguments, waits
for the answer and prints it as JSON; undefined prints nothing. What the plugin writes to
console goes to stdout, its warnings and errors to stderr; with --json all of it goes to stderr.

Without --policy the plugin is granted nothing, so that one which requires a capability is
refused.

Examples:
  cloche call sample-host/plugins/word-count count '"one two  three"'
  cloche call my-plugin greet '{"name": "Ann"}' 3 --policy policy.yaml
  cloche call my-plugin greet --grant-all --json)";

struct Options {
  RightsOptions rights;
  std::string folder;
  std::string name;
  std::vector<std::string> arguments;
  std::string isolation = "context";
  bool statistics = false;
  TraceFile trace;
};

// The error says which argument and where in it.
Result<std::vector<Value>> read_arguments(const std::vector<std::string>& texts) {
  std::vector<Value> values;
  for (const std::string& text : texts) {
    auto value = parse_json(text);
    if (!value) {
      std::string where = "argument " + std::to_string(values.size() + 1);
      if (const auto& place = value.error().where()) {
        where += ", " + std::to_string(place->line) + ":" + std::to_string(place->column);
      }
      return Error(Errc::invalid_argument, where + ": " + value.error().message());
    }
    values.push_back(std::move(*value));
  }
  return values;
}

Isolation isolation(std::string_view name) {
  for (const Isolation tier : {Isolation::process, Isolation::isolate}) {
    if (to_string(tier) == name) return tier;
  }
  return Isolation::context;
}

Error no_such_export(const std::string& name, const std::vector<std::string>& exports) {
  const std::vector<std::string_view> known(exports.begin(), exports.end());
  const std::string_view meant = nearest(name, known);
  return {Errc::no_such_export, "the plugin exports no function '" + name + "'" +
                                    (meant.empty() ? "" : ": did you mean '" + std::string(meant) + "'?")};
}

Result<Function> find_function(Plugin& plugin, const std::string& name) {
  const auto exports = plugin.exports();
  if (std::find(exports.begin(), exports.end(), name) == exports.end()) return no_such_export(name, exports);
  auto function = plugin.value<Function>(name).get();
  if (function || function.error().code() != Errc::invalid_argument) return function;
  return Error(Errc::no_such_export, "what the plugin exports as '" + name + "' is not a function");
}

Result<Value> call(Options& options, std::vector<Value> arguments, bool json) {
  if (auto manifest = open_manifest(options.folder); !manifest) return manifest.error();
  auto host = make_host(options.rights, {.all_on_stderr = json}, options.trace.recorder());
  if (!host) return host.error();
  auto plugin = host->load(options.folder, {.isolation_at_least = isolation(options.isolation)});
  if (!plugin) return plugin.error();
  auto function = find_function(*plugin, options.name);
  if (!function) return function.error();
  auto result = (*function)(std::move(arguments)).get();
  if (options.statistics) std::cerr << statistics_table(host->statistics()) << std::flush;
  return result;
}

ExitCode run(Options& options, const Report& report) {
  auto arguments = read_arguments(options.arguments);
  if (!arguments) return report.misused(arguments.error().message());
  const auto result = call(options, std::move(*arguments), report.json());
  const auto written = options.trace.write();
  if (!result) return report.fail(Places::in_folder(options.folder).shown(result.error()));
  return written ? report.result(*result) : report.fail(written.error());
}

}  // namespace

void add_call(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb("call", "Load a plugin, call one of its exports, print the result as JSON", kDetails,
                       [options](const Report& report) { return run(*options, report); });
  verb.add_option("DIR", options->folder, "The plugin's folder, with its plugin.yaml")->required();
  verb.add_option("EXPORT", options->name, "The exported function")->required();
  verb.add_option("JSON_ARG", options->arguments, "An argument, as JSON: '\"text\"', 3, '{\"a\": 1}'");
  add_rights_options(verb, options->rights);
  add_grant_all(verb, options->rights);
  verb.add_option("--isolation", options->isolation,
                  "The weakest isolation to accept: context, isolate or process")
      ->type_name("TIER")
      ->check(CLI::IsMember({"context", "isolate", "process"}).description(""));
  verb.add_flag("--stats", options->statistics, "Print on stderr what the plugin did and uses of its limits");
  options->trace.add_option(verb);
}

}  // namespace cloche::cli
