#include "rights.h"

#include "console.h"
#include "host_file.h"
#include "paths.h"

#include <cloche/builtin.h>
#include <cloche/package.h>
#include <cloche/text.h>
#include <string_view>
#include <utility>

namespace cloche::cli {
namespace {

Error unknown_capability(const std::string& capability, const Catalogue& catalogue) {
  std::vector<std::string_view> known;
  for (const CatalogueEntry& entry : catalogue.entries) known.push_back(entry.id);
  const std::string_view meant = nearest(capability, known);
  return {Errc::invalid_argument, "there is no capability '" + capability + "'" +
                                      (meant.empty() ? std::string(": 'cloche types' tells what there is")
                                                     : ": did you mean '" + std::string(meant) + "'?")};
}

}  // namespace

void add_policy_options(CLI::App& verb, RightsOptions& options) {
  verb.add_option("--policy", options.policies,
                  "What plugins may be granted; without it nothing. Several add up: the host's, an "
                  "organisation's, the user's")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  verb.add_option("--grants", options.grants,
                  "What users granted, as an application or cloche grant keeps it; without it nothing")
      ->type_name("FILE");
}

void add_workspace_option(CLI::App& verb, std::string& workspace) {
  verb.add_option("--workspace", workspace, "What $WORKSPACE stands for; the current folder if not given")
      ->type_name("DIR");
}

void add_rights_options(CLI::App& verb, RightsOptions& options) {
  add_policy_options(verb, options);
  add_workspace_option(verb, options.workspace);
}

void add_ask(CLI::App& verb, RightsOptions& options) {
  verb.add_flag("--ask", options.ask, "Ask on the terminal for what the policy leaves to a prompt");
}

void add_grant_all(CLI::App& verb, RightsOptions& options) {
  verb.add_flag("--grant-all", options.grant_all, "Grant all that is asked for and the policy does not deny");
}

Registry builtin_registry(const RightsOptions& options, std::shared_ptr<LogSink> log) {
  BuiltinOptions builtin;
  std::error_code ignored;  // a folder that is not there is told of when a plugin uses it
  builtin.directories["WORKSPACE"] = std::filesystem::absolute(options.workspace, ignored);
  builtin.directories["TEMP"] = std::filesystem::temp_directory_path(ignored);
  if (const auto home = home_folder(); !home.empty()) builtin.directories["HOME"] = home;
  builtin.data_directory = data_folder();
  builtin.log = std::move(log);
  return builtin_capabilities(std::move(builtin));
}

Result<Catalogue> catalogue_for(const std::string& path) {
  auto host = find_host_file(path);
  if (!host) return host.error();
  Catalogue catalogue = builtin_registry({}, make_console({})).catalogue();
  for (CatalogueEntry& entry : host->catalogue.entries) catalogue.entries.push_back(std::move(entry));
  return catalogue;
}

Result<Policy> read_policy_file(const std::string& path) {
  auto text = read_text(path);
  if (!text) return Error(Errc::policy_invalid, text.error().message()).at({path, 0, 0});
  auto policy = parse_policy(*text, path);
  if (!policy) return policy;
  const auto catalogue = catalogue_for(path);
  if (!catalogue) return catalogue.error();
  if (auto good = check_capabilities(*policy, *catalogue); !good) return good.error();
  return policy;
}

Result<Policy> read_policies(const RightsOptions& options) {
  std::vector<Policy> policies;
  for (const std::string& path : options.policies) {
    auto policy = read_policy_file(path);
    if (!policy) return policy;
    policies.push_back(std::move(*policy));
  }
  auto policy = Policy::combine(std::move(policies));
  if (policy && options.grant_all) policy->allow_unlisted();
  return policy;
}

// Grants are not checked against what there is: an application's store may have grants of its own capabilities.
Result<Policy> read_policy(const RightsOptions& options) {
  auto policy = read_policies(options);
  if (!policy || options.grants.empty()) return policy;
  const auto store = GrantStore::open(options.grants);
  if (!store) return store.error();
  return with_grants(*std::move(policy), *store);
}

std::filesystem::path workspace_path(const std::string& folder) {
  std::error_code error;
  auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(folder, error), error);
  return error ? std::filesystem::path(folder) : path;
}

Result<Manifest> open_manifest(const std::string& folder) {
  auto package = Package::open(folder);
  if (!package) {
    if (package.error().code() != Errc::io) return package.error();
    return Error(Errc::manifest_invalid, package.error().message()).at({folder, 0, 0});
  }
  const auto catalogue = catalogue_for(folder);
  if (!catalogue) return catalogue.error();
  if (auto good = check_capabilities(package->manifest(), *catalogue); !good) return good.error();
  return package->manifest();
}

Result<std::vector<std::string>> expand_capability(const std::string& capability,
                                                   const Catalogue& catalogue) {
  std::vector<std::string> ids;
  for (const CatalogueEntry& entry : catalogue.entries) {
    if (entry.id == capability || entry.module() == capability) ids.push_back(entry.id);
  }
  if (ids.empty()) return unknown_capability(capability, catalogue);
  return ids;
}

}  // namespace cloche::cli
