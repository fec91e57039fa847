#include "problems.h"
#include "read/policy_reader.h"
#include "schema/validate.h"
#include "yaml/load.h"

#include <cloche/policy.h>

namespace cloche {

Result<Policy> parse_policy(std::string_view text, std::string_view file_name) {
  const auto document = yaml::load(text, file_name, Errc::policy_invalid);
  if (!document) return document.error();
  Problems problems(Errc::policy_invalid, file_name);
  schema::validate(schema::Which::policy, *document, problems);
  if (!problems.empty()) return problems.take();
  Policy policy = read::PolicyReader(problems).read(*document);
  if (!problems.empty()) return problems.take();
  return policy;
}

Policy Policy::grant_all() {
  Policy policy;
  policy.allow_unlisted();
  return policy;
}

void Policy::allow_unlisted() noexcept {
  defaults.unlisted = Verdict::allow;
  defaults.optional = Verdict::allow;
}

void Policy::add_grant(std::string capability, std::string plugin) {
  UserGrant grant;
  grant.match.plugin = std::move(plugin);
  grant.capability.pattern = std::move(capability);
  grant.capability.has_scope = true;
  grant.capability.scope.origin.layer = Layer::grant;
  grant.capability.scope.everything = true;
  grants.push_back(std::move(grant));
}

}  // namespace cloche
