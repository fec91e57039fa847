#include "host_setup.h"

#include "console.h"

#include <utility>

namespace cloche::cli {

Result<HostOptions> host_options(const RightsOptions& rights, bool json) {
  HostOptions options;
  options.registry = builtin_registry(rights);
  auto policy = read_policy(rights, options.registry.catalogue());
  if (!policy) return policy.error();
  options.policy = std::move(*policy);
  options.log = make_console(json ? ConsoleTo::errors : ConsoleTo::output);
  return options;
}

Result<Host> make_host(const RightsOptions& rights, bool json, std::shared_ptr<Observer> observer) {
  auto options = host_options(rights, json);
  if (!options) return options.error();
  options->observer = std::move(observer);
  return Host::create(std::move(*options));
}

}  // namespace cloche::cli
