#include "host_setup.h"
#include "memory_files.h"
#include "paths.h"
#include "places.h"
#include "rights.h"
#include "trace_file.h"
#include "verb.h"

#include <algorithm>
#include <chrono>
#include <cloche/cloche.h>
#include <cloche/units.h>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Runs one ES module in a fresh sandbox, with no capability unless --grant names one. console.log
goes to stdout, console.warn and console.error to stderr; with --json all of it goes to stderr.

With -e, CODE is an expression if it parses as one: its value is printed as JSON, awaited if it
is a Promise. Else it is the body of a module, whose default export, if any, is printed.
Undefined prints nothing. A FILE prints what it writes to console; with --json its default
export is the value. What still waits when that is known is dropped.

Examples:
  cloche eval -e '1+1'
  cloche eval -e 'const n = await Promise.resolve(6); export default n * 7'
  cloche eval program.mjs --cpu 500 --heap 32MiB
  echo 'console.log("hello")' | cloche eval -
  cloche eval -e 'import("cap:fs").then((fs) => fs.readText("$WORKSPACE/README.md"))' --grant fs.read)";

constexpr const char* kId = "cloche.eval";

struct Options {
  RightsOptions rights;
  std::string file;
  std::optional<std::string> code;
  std::vector<std::string> grants;
  std::optional<std::uint64_t> cpu_ms;
  std::optional<std::uint64_t> wall_ms;
  std::optional<std::string> heap;
  TraceFile trace;
};

/// A program as it is run, and how places in it are shown.
struct Source {
  std::string text;
  Places places;
};

std::string without_final_semicolons(std::string code) {
  const auto end = code.find_last_not_of("; \t\r\n");
  code.resize(end == std::string::npos ? 0 : end + 1);
  return code;
}

// The code stands on lines of its own, so that a comment at its end does no harm and its columns stay as they
// are. It is awaited here, where a rejection has somebody who handles it from the beginning.
Source as_expression(const std::string& code) {
  return {"export default await (\n" + without_final_semicolons(code) + "\n)",
          Places::of_program("<eval>", 1)};
}

Source as_module(const std::string& code, const std::string& name) {
  return {code, Places::of_program(name)};
}

Result<void> ask_for(const std::vector<std::string>& capabilities, const Catalogue& catalogue,
                     Manifest& manifest, Policy& policy) {
  for (const std::string& name : capabilities) {
    auto ids = expand_capability(name, catalogue);
    if (!ids) return ids.error();
    for (const std::string& id : *ids) {
      CapabilityRequest request;
      request.id = id;
      request.reason = "--grant " + name;
      request.has_allow = true;
      request.allow.everything = true;
      manifest.required.push_back(std::move(request));
      policy.add_grant(id, kId);
    }
  }
  return {};
}

Result<Manifest> make_manifest(const Options& options) {
  Manifest manifest = manifest_of_program(kId);
  if (options.cpu_ms) manifest.limits.cpu_per_call = std::chrono::milliseconds(*options.cpu_ms);
  if (options.wall_ms) manifest.limits.wall_per_call = std::chrono::milliseconds(*options.wall_ms);
  if (!options.heap) return manifest;
  auto heap = parse_size(*options.heap);
  if (!heap) return Error(Errc::invalid_argument, "--heap: " + heap.error().message());
  manifest.limits.heap = *heap;
  return manifest;
}

/// A host with the rights asked for, and the manifest of the program it is to run.
struct Prepared {
  Host host;
  Manifest manifest;
};

Result<Prepared> prepare(Options& options, Manifest manifest, bool json) {
  auto host = host_options(options.rights, {.all_on_stderr = json});
  if (!host) return host.error();
  host->observer = options.trace.recorder();
  if (auto good = ask_for(options.grants, host->registry.catalogue(), manifest, host->policy); !good) {
    return good.error();
  }
  auto made = Host::create(std::move(*host));
  if (!made) return made.error();
  return Prepared{std::move(*made), std::move(manifest)};
}

bool has_default_export(const Plugin& plugin) {
  const auto names = plugin.exports();
  return std::find(names.begin(), names.end(), "default") != names.end();
}

Result<Value> evaluate(Prepared& prepared, const Source& source) {
  auto plugin = prepared.host.load(prepared.manifest, files_of_program(source.text));
  if (!plugin) return source.places.shown(plugin.error());
  if (!has_default_export(*plugin)) return Value();
  auto value = plugin->value("default").get();
  if (!value) return source.places.shown(value.error());
  return value;
}

Result<Value> evaluate_code(Prepared& prepared, const std::string& code) {
  auto value = evaluate(prepared, as_expression(code));
  if (value || value.error().code() != Errc::source_invalid) return value;
  return evaluate(prepared, as_module(code, "<eval>"));
}

ExitCode run_file(const Options& options, Prepared& prepared, const Report& report) {
  auto text = read_text(options.file);
  if (!text) return report.fail(Error(Errc::source_invalid, text.error().message()).at({options.file, 0, 0}));
  const auto value = evaluate(prepared, as_module(*text, options.file == "-" ? "<stdin>" : options.file));
  if (!value) return report.fail(value.error());
  return report.json() ? report.result(*value) : ExitCode::done;
}

ExitCode run_source(Options& options, const Report& report) {
  if (options.code.has_value() == !options.file.empty())
    return report.misused("eval takes either FILE or -e CODE");
  auto manifest = make_manifest(options);
  if (!manifest) return report.misused(manifest.error().message());
  auto prepared = prepare(options, std::move(*manifest), report.json());
  if (!prepared) {
    const bool misused = prepared.error().code() == Errc::invalid_argument;
    return misused ? report.misused(prepared.error().message()) : report.fail(prepared.error());
  }
  if (!options.code) return run_file(options, *prepared, report);
  const auto value = evaluate_code(*prepared, *options.code);
  return value ? report.result(*value) : report.fail(value.error());
}

ExitCode run(Options& options, const Report& report) {
  const ExitCode code = run_source(options, report);
  const auto written = options.trace.write();
  return written ? code : report.fail(written.error());
}

void add_milliseconds(CLI::App& verb, const std::string& name, std::optional<std::uint64_t>& value,
                      const std::string& text) {
  constexpr std::uint64_t kYear = 365ULL * 24 * 3600 * 1000;
  verb.add_option(name, value, text)
      ->type_name("MS")
      ->check(CLI::Range(std::uint64_t{1}, kYear).description(""));
}

}  // namespace

void add_eval(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb = program.add_verb("eval", "Run one ES module in a fresh sandbox", kDetails,
                                    [options](const Report& report) { return run(*options, report); });
  verb.add_option("FILE", options->file, "The module; - reads it from stdin");
  verb.add_option("-e", options->code, "Code, instead of FILE")->type_name("CODE");
  add_rights_options(verb, options->rights);
  verb.add_option("--grant", options->grants,
                  "Grant this capability with its widest scope; fs stands for fs.read and fs.write")
      ->type_name("CAP")
      ->expected(1)
      ->take_all();
  add_milliseconds(verb, "--cpu", options->cpu_ms,
                   "Computing time allowed, in milliseconds; 1000 if not given");
  add_milliseconds(verb, "--wall", options->wall_ms,
                   "Time allowed, waiting included, in milliseconds; 10000 if not given");
  verb.add_option("--heap", options->heap, "JavaScript heap allowed, such as 32MiB; 64MiB if not given")
      ->type_name("SIZE");
  options->trace.add_option(verb);
}

}  // namespace cloche::cli
