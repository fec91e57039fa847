#pragma once

#include <CLI/CLI.hpp>
#include <cloche/grant_store.h>
#include <cloche/log_sink.h>
#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <cloche/registry.h>
#include <cloche/result.h>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cloche::cli {

/// The options that decide what plugins may be given.
struct RightsOptions {
  std::vector<std::string> policies;  ///< files, or none: nothing is granted
  std::string grants;                 ///< the file of a GrantStore, or empty
  std::string workspace = ".";        ///< what $WORKSPACE stands for
  bool grant_all = false;             ///< grant all that is asked for and the policy does not deny
  bool ask = false;                   ///< ask on the terminal for what the policy leaves to a prompt
};

void add_rights_options(CLI::App& verb, RightsOptions& options);
void add_policy_options(CLI::App& verb, RightsOptions& options);
void add_workspace_option(CLI::App& verb, std::string& workspace);
void add_grant_all(CLI::App& verb, RightsOptions& options);
void add_ask(CLI::App& verb, RightsOptions& options);

/// The built-in capabilities, working in the workspace, the home and the temporary folder, and keeping data
/// in the user's data folder. `log` takes what plugins log.
Registry builtin_registry(const RightsOptions& options, std::shared_ptr<LogSink> log);

/// What there is to be granted to a plugin in `path`, or by a policy there: the built-in capabilities and
/// those of the application it is for, where a HostFile says so.
[[nodiscard]] Result<Catalogue> catalogue_for(const std::string& path);

/// The policy of one file, checked against what there is.
[[nodiscard]] Result<Policy> read_policy_file(const std::string& path);

/// The policies of the files as one; the one that grants nothing where no file was named.
[[nodiscard]] Result<Policy> read_policies(const RightsOptions& options);

/// The same, and with it what the store of grants holds: all that decides, for those who run no plugin.
[[nodiscard]] Result<Policy> read_policy(const RightsOptions& options);

/// The absolute path that stands for a workspace's folder in grants: without links, where it is there.
std::filesystem::path workspace_path(const std::string& folder);

/// The manifest of the plugin in `folder`, its capabilities checked against what there is. Error:
/// `manifest_invalid`, also for a folder that is no plugin.
[[nodiscard]] Result<Manifest> open_manifest(const std::string& folder);

/// The ids that `capability` stands for: itself, or all facets of a module (`fs`). Error: `invalid_argument`
/// with a did-you-mean where there is none.
[[nodiscard]] Result<std::vector<std::string>> expand_capability(const std::string& capability,
                                                                 const Catalogue& catalogue);

}  // namespace cloche::cli
