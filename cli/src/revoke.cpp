#include "grant_text.h"
#include "paths.h"
#include "plugin_name.h"
#include "verb.h"

#include <chrono>
#include <cloche/grant_store.h>
#include <memory>
#include <string>
#include <utility>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Takes back what was granted to a plugin: one capability (fs.read), several (fs.*), or without CAP all of
them. A plugin that runs loses them when its application reads the file again. Where another grant goes on
giving it, this says which, and the exit code is 1.

With --plugin-wide the plugin must not run at all, in no version or in none of a range, whatever is
granted; --undo takes that back.

Without --grants FILE the file is cloche/grants.yaml in $XDG_CONFIG_HOME, or in ~/.config.

Examples:
  cloche revoke com.acme.git-helper net.fetch
  cloche revoke my-plugin --grants grants.yaml
  cloche revoke com.evil.x --plugin-wide --version '<1.2'
  cloche revoke com.evil.x --plugin-wide --undo)";

struct Options {
  std::string plugin;
  std::string capability;
  std::string versions;
  bool plugin_wide = false;
  bool undo = false;
  std::string file = default_grants_file().string();
};

ExitCode fail(const Error& error, const Report& report) {
  return error.code() == Errc::invalid_argument ? report.misused(error.message()) : report.fail(error);
}

bool has_expired(const Policy::UserGrant& grant) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return grant.expires && *grant.expires <= now;
}

std::string capability_pattern(const Options& options) {
  if (options.capability.empty()) return "*";
  const bool module = options.capability.find_first_of(".*") == std::string::npos;
  return module ? options.capability + ".*" : options.capability;  // which stands for the module's own id too
}

ExitCode remove(GrantStore& store, const std::string& plugin, const Options& options, const Report& report) {
  auto removed = store.remove(plugin, capability_pattern(options));
  if (!removed) return fail(removed.error(), report);
  std::erase_if(removed->remaining, has_expired);
  std::string text = "revoked " + std::to_string(removed->count) +
                     (removed->count == 1 ? " grant of " : " grants of ") + plugin + " in " +
                     store.path().string() + "\n";
  Array remaining;
  for (const Policy::UserGrant& grant : removed->remaining) {
    text += "still granted to " + match_text(grant.match) + " by " + to_string(grant.where) + "\n  " +
            grant_text(grant) + "\n";
    remaining.push_back(grant_document(grant));
  }
  const bool gone = remaining.empty();
  return report.tell(Object{{"file", store.path().string()},
                            {"revoked", static_cast<double>(removed->count)},
                            {"remaining", std::move(remaining)}},
                     text, gone ? ExitCode::done : ExitCode::other);
}

ExitCode undo(GrantStore& store, const std::string& plugin, const Report& report) {
  const auto count = store.reinstate(plugin);
  if (!count) return fail(count.error(), report);
  return report.tell(Object{{"file", store.path().string()}, {"reinstated", static_cast<double>(*count)}},
                     *count == 0 ? plugin + " was not revoked in " + store.path().string() + "\n"
                                 : plugin + " may run again, as far as " + store.path().string() + " says\n");
}

ExitCode revoke(GrantStore& store, const std::string& plugin, const Options& options, const Report& report) {
  std::optional<VersionRange> versions;
  if (!options.versions.empty()) {
    auto range = VersionRange::parse(options.versions);
    if (!range) return report.misused("--version: " + range.error().message());
    versions = *std::move(range);
  }
  if (auto revoked = store.revoke(plugin, versions); !revoked) return fail(revoked.error(), report);
  Object document{{"file", store.path().string()}, {"plugin", plugin}};
  if (versions) document.emplace_back("version", versions->text());
  return report.tell(document, "revoked " + match_text({plugin, std::nullopt, versions}) + " in " +
                                   store.path().string() + "; it must not run\n");
}

ExitCode run(const Options& options, const Report& report) {
  if (options.plugin_wide && !options.capability.empty())
    return report.misused("--plugin-wide is about the whole plugin; leave CAP out, or --plugin-wide");
  if (!options.plugin_wide && (options.undo || !options.versions.empty()))
    return report.misused("--version and --undo go with --plugin-wide");
  const auto plugin = read_plugin_name(options.plugin);
  if (!plugin) return report.fail(plugin.error());
  auto store = GrantStore::open(options.file);
  if (!store) return report.fail(store.error());
  if (!options.plugin_wide) return remove(*store, plugin->id, options, report);
  return options.undo ? undo(*store, plugin->id, report) : revoke(*store, plugin->id, options, report);
}

}  // namespace

void add_revoke(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb("revoke", "Take back what was granted to a plugin, or forbid it to run", kDetails,
                       [options](const Report& report) { return run(*options, report); });
  verb.add_option("PLUGIN", options->plugin, "The plugin's folder or its id, as it stands in the grant")
      ->required();
  verb.add_option("CAP", options->capability, "A capability such as fs.read, a module such as fs, or fs.*");
  verb.add_flag("--plugin-wide", options->plugin_wide, "The plugin must not run, whatever is granted");
  verb.add_option("--version", options->versions,
                  "With --plugin-wide: in these versions alone, such as '<1.2'")
      ->type_name("RANGE");
  verb.add_flag("--undo", options->undo, "With --plugin-wide: let it run again");
  verb.add_option("--grants", options->file, "The file it was granted in")->type_name("FILE");
}

}  // namespace cloche::cli
