#include "host_setup.h"

#include <cloche/audit_log.h>
#include <cloche/consent.h>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace cloche::cli {
Result<HostOptions> host_options(const RightsOptions& rights, ConsoleOptions console) {
  HostOptions options;
  options.log = metered_log(make_console(console));
  options.registry = builtin_registry(rights, options.log);
  auto policy = read_policies(rights);
  if (!policy) return policy.error();
  options.policy = std::move(*policy);
  options.workspace = workspace_path(rights.workspace);
  if (rights.ask) options.consent = terminal_consent(STDIN_FILENO, std::cerr);
  auto audit = open_audit(options.policy.audit);
  if (!audit) return audit.error();
  options.audit = std::move(*audit);
  if (rights.grants.empty()) return options;
  auto store = GrantStore::open(rights.grants);
  if (!store) return store.error();
  options.grants = std::make_shared<GrantStore>(*std::move(store));
  return options;
}

Result<Host> make_host(const RightsOptions& rights, ConsoleOptions console,
                       std::shared_ptr<Observer> observer) {
  auto options = host_options(rights, console);
  if (!options) return options.error();
  options->observer = std::move(observer);
  return Host::create(std::move(*options));
}

}  // namespace cloche::cli
