#include "grant_text.h"
#include "paths.h"
#include "plugin_name.h"
#include "rights.h"
#include "verb.h"

#include <chrono>
#include <cloche/grant_store.h>
#include <cloche/scope_text.h>
#include <cloche/units.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDetails =
    R"(Grants a capability to a plugin, in a file that applications and cloche read with --grants. A grant
made before for the same plugin, publisher's key and capability is replaced. What ceiling and organisation
deny stays denied: see cloche explain.

With a folder, the grant is bound to the plugin's id and its publisher's key, and gives what the manifest
asks for, or what --allow says of it. With an id, or a pattern of ids, --allow must say what is allowed
of a capability that has a scope. A RULE is YAML or JSON: '*', '{path: "a/**"}' or a list of such rules.

Without --grants FILE the file is cloche/grants.yaml in $XDG_CONFIG_HOME, or in ~/.config.

Examples:
  cloche grant my-plugin fs.read
  cloche grant my-plugin fs.read --lifetime workspace --workspace ~/project
  cloche grant com.acme.git-helper net.fetch --allow '{url: "https://api.example.com/*"}' --expires 2027-01-01
  cloche grant 'com.acme.*' storage --grants grants.yaml --json)";

struct Options {
  std::string plugin;
  std::string capability;
  std::vector<std::string> allow;
  std::vector<std::string> deny;
  std::string lifetime = "always";
  std::string workspace = ".";
  std::string expires;
  std::string key;
  std::string file = default_grants_file().string();
};

Error misuse(std::string message) { return {Errc::invalid_argument, std::move(message)}; }

// The error of one argument as one of the command line.
Error misuse(const Error& error) {
  return misuse(error.where() ? to_string(*error.where()) + ": " + error.message() : error.message());
}

/// The scopes given with one option, as one.
Result<ScopeSet> read_scopes(const std::vector<std::string>& texts, const char* option) {
  ScopeSet all{{Layer::grant, {}}, false, {}};
  for (const std::string& text : texts) {
    auto scope = parse_scope(text, option);
    if (!scope) return misuse(scope.error());
    all.everything = all.everything || scope->everything;
    for (ScopeRule& rule : scope->rules) all.rules.push_back(std::move(rule));
  }
  if (all.everything) all.rules.clear();
  return all;
}

Result<std::optional<std::chrono::sys_seconds>> read_expiry(const std::string& text) {
  if (text.empty()) return std::optional<std::chrono::sys_seconds>();
  const auto instant = parse_instant(text);
  if (!instant) return misuse("--expires: " + instant.error().message());
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (*instant <= now) return misuse("--expires: " + text + " has passed");
  return std::optional(*instant);
}

std::vector<const CapabilityRequest*> asked(const Manifest& manifest, const std::vector<std::string>& ids) {
  std::vector<const CapabilityRequest*> found;
  for (const auto* requests : {&manifest.required, &manifest.optional}) {
    for (const CapabilityRequest& request : *requests) {
      if (std::ranges::find(ids, request.id) != ids.end()) found.push_back(&request);
    }
  }
  return found;
}

// What to grant before the options have their say.
Result<std::vector<Policy::UserGrant>> asked_for(const Manifest& manifest, const std::string& capability,
                                                 const Catalogue& catalogue) {
  const auto ids = expand_capability(capability, catalogue);
  if (!ids) return ids.error();
  std::vector<Policy::UserGrant> grants;
  for (const CapabilityRequest* request : asked(manifest, *ids)) {
    grants.push_back(grant_for(manifest, *request, Policy::Lifetime::always));
  }
  if (grants.empty()) {
    return misuse(manifest.id + " does not ask for " + capability +
                  ", so that a grant would give it nothing");
  }
  return grants;
}

Result<std::vector<Policy::UserGrant>> named(const Options& options, const Catalogue& catalogue) {
  std::vector<std::string> patterns{options.capability};
  if (options.capability.find('*') == std::string::npos) {
    auto ids = expand_capability(options.capability, catalogue);
    if (!ids) return ids.error();
    patterns = std::move(*ids);
  }
  std::vector<Policy::UserGrant> grants;
  for (const std::string& pattern : patterns) {
    const CatalogueEntry* entry = catalogue.find(pattern);
    if (options.allow.empty() && (entry == nullptr || !entry->scope.empty())) {
      return misuse(
          "--allow must say what is allowed of " + pattern +
          ": '*' for everything, or rules; a plugin's folder in place of its id grants what it asks for");
    }
    Policy::UserGrant& grant = grants.emplace_back();
    grant.match.plugin = options.plugin;
    grant.capability.pattern = pattern;
  }
  return grants;
}

Result<void> apply(const Options& options, Policy::UserGrant& grant) {
  auto deny = read_scopes(options.deny, "--deny");
  auto allow = read_scopes(options.allow, "--allow");
  const auto expires = read_expiry(options.expires);
  if (!allow || !deny) return allow ? deny.error() : allow.error();
  if (!expires) return expires.error();
  if (!options.allow.empty()) {
    grant.capability.has_scope = true;
    grant.capability.scope = *std::move(allow);
  }
  grant.deny.everything = grant.deny.everything || deny->everything;
  for (ScopeRule& rule : deny->rules) grant.deny.rules.push_back(std::move(rule));
  grant.expires = *expires;
  if (!options.key.empty()) grant.match.publisher_key = options.key;
  if (options.lifetime == "workspace") {
    grant.lifetime = Policy::Lifetime::workspace;
    grant.workspace = workspace_path(options.workspace).string();
  }
  return {};
}

Result<std::vector<Policy::UserGrant>> make_grants(const Options& options) {
  const auto plugin = read_plugin_name(options.plugin);
  if (!plugin) return plugin.error();
  const auto catalogue = catalogue_for(plugin->manifest ? options.plugin : ".");
  if (!catalogue) return catalogue.error();
  auto grants = plugin->manifest ? asked_for(*plugin->manifest, options.capability, *catalogue)
                                 : named(options, *catalogue);
  if (!grants) return grants;
  Policy policy;
  for (Policy::UserGrant& grant : *grants) {
    if (auto good = apply(options, grant); !good) return good.error();
    policy.grants.push_back(grant);
  }
  if (auto good = check_capabilities(policy, *catalogue); !good) return misuse(good.error());
  return grants;
}

std::string revoked_text(const GrantStore& store, const std::string& plugin) {
  for (const Policy::Revocation& revoked : store.revoked()) {
    if (!glob_matches(revoked.match.plugin, plugin)) continue;
    return "it counts for nothing while " + match_text(revoked.match) + " is revoked (" +
           to_string(revoked.where) + ")\n";
  }
  return {};
}

ExitCode tell(const GrantStore& store, const std::vector<Policy::UserGrant>& grants, const Report& report) {
  Array granted;
  std::string text;
  for (const Policy::UserGrant& grant : grants) {
    text += "granted to " + match_text(grant.match) + " in " + store.path().string() + "\n  " +
            grant_text(grant) + "\n";
    granted.push_back(grant_document(grant));
  }
  text += revoked_text(store, grants.front().match.plugin);
  return report.tell(Object{{"file", store.path().string()}, {"granted", std::move(granted)}}, text);
}

ExitCode fail(const Error& error, const Report& report) {
  return error.code() == Errc::invalid_argument ? report.misused(error.message()) : report.fail(error);
}

ExitCode run(const Options& options, const Report& report) {
  if (options.lifetime == "session") {
    return report.misused(
        "a grant for a session is over when this command ends; the application gives those, or write always");
  }
  const auto grants = make_grants(options);
  if (!grants) return fail(grants.error(), report);
  auto store = GrantStore::open(options.file);
  if (!store) return report.fail(store.error());
  for (const Policy::UserGrant& grant : *grants) {
    if (auto added = store->add(grant); !added) return fail(added.error(), report);
  }
  return tell(*store, *grants, report);
}

}  // namespace

void add_grant(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App& verb =
      program.add_verb("grant", "Grant a capability to a plugin, for as long as you say", kDetails,
                       [options](const Report& report) { return run(*options, report); });
  verb.add_option("PLUGIN", options->plugin,
                  "The plugin's folder or its id; '*' in an id stands for any characters")
      ->required();
  verb.add_option("CAP", options->capability, "A capability such as fs.read, or a module such as fs")
      ->required();
  for (auto [name, texts, what] :
       {std::tuple("--allow", &options->allow, "What is allowed of it; several add up"),
        std::tuple("--deny", &options->deny, "What is denied of it all the same; several add up")}) {
    verb.add_option(name, *texts, what)->type_name("RULE")->expected(1)->take_all();
  }
  verb.add_option("--lifetime", options->lifetime,
                  "How long it holds: always or workspace; always if not given")
      ->type_name("WORD")
      ->check(CLI::IsMember({"always", "workspace", "session"}).description(""));
  verb.add_option("--workspace", options->workspace,
                  "With --lifetime workspace: the folder; the current one if not given")
      ->type_name("DIR");
  verb.add_option("--expires", options->expires, "From when on it no longer holds, in UTC: 2027-01-01")
      ->type_name("DATE");
  verb.add_option("--key", options->key, "With an id: the publisher's key the plugin must have, or none")
      ->type_name("KEY");
  verb.add_option("--grants", options->file, "The file to keep it in")->type_name("FILE");
}

}  // namespace cloche::cli
