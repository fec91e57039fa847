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

}  // namespace

void add_rights_options(CLI::App& verb, RightsOptions& options) {
  verb.add_option("--policy", options.policy, "What plugins may be granted; without it nothing")
      ->type_name("FILE");
  verb.add_option("--workspace", options.workspace,
                  "What $WORKSPACE stands for; the current folder if not given")
      ->type_name("DIR");
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

Result<Policy> read_policy(const RightsOptions& options) {
  auto policy = options.policy.empty() ? Result<Policy>(Policy()) : read_policy_file(options.policy);
  if (policy && options.grant_all) policy->allow_unlisted();
  return policy;
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
