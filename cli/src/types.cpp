#include "console.h"
#include "host_file.h"
#include "rights.h"
#include "verb.h"

#include <cloche/package.h>
#include <cloche/types.h>
#include <memory>
#include <string>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Prints the TypeScript declarations of exactly what the plugin's manifest lets it import,
required and optional, and of the globals it finds. Whether the plugin is granted all of it is
for a policy to say: see cloche explain.

What an application adds to the built-in capabilities is read from cloche-host.json in DIR or
the nearest folder above.

Examples:
  cloche types my-plugin > my-plugin/cloche.d.ts
  cloche types my-plugin --json)";

struct Options {
  std::string folder;
};

std::vector<std::string> asked_for(const Manifest& manifest) {
  std::vector<std::string> ids;
  for (const CapabilityRequest& request : manifest.required) ids.push_back(request.id);
  for (const CapabilityRequest& request : manifest.optional) ids.push_back(request.id);
  return ids;
}

std::string types_of(const HostFile& host, const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    if (const auto found = host.types.find(id); found != host.types.end()) text += found->second;
  }
  return text;
}

ExitCode run(const Options& options, const Report& report) {
  const Registry registry = builtin_registry({}, make_console({}));
  const auto manifest = open_manifest(options.folder);
  if (!manifest) return report.fail(manifest.error());
  const auto host = find_host_file(options.folder);
  if (!host) return report.fail(host.error());
  const auto ids = asked_for(*manifest);
  const std::string text = global_declarations() + type_declarations(registry, ids) + types_of(*host, ids);
  return report.tell(Object{{"plugin", manifest->id}, {"types", text}}, text);
}

}  // namespace

void add_types(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb("types", "Print the .d.ts of what a manifest lets the plugin import", kDetails,
                       [options](const Report& report) { return run(*options, report); });
  verb.add_option("DIR", options->folder, "The plugin's folder, with its plugin.yaml")->required();
}

}  // namespace cloche::cli
