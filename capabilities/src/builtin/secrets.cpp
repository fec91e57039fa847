#include <cloche/builtin/secrets.h>

#include "secrets/secret_scope.h"

namespace cloche {
namespace {

using secrets::SecretScope;

Result<std::shared_ptr<SecretScope>> make_scope(const Grant& grant, const PluginInfo&) {
  auto scope = SecretScope::make(grant);
  if (!scope) return scope.error();
  return std::make_shared<SecretScope>(std::move(*scope));
}

std::vector<std::string> usable(Call& call, SecretStore& store) {
  std::vector<std::string> names = store.names(call.plugin().id);
  std::erase_if(names,
                [&](const std::string& name) { return !call.scope<SecretScope>().allows_somewhere(name); });
  return names;
}

}  // namespace

void define_secrets(Registry& registry, std::shared_ptr<SecretStore> store) {
  registry.define("secrets")
      .summary("Sends secrets that the host keeps, without seeing them")
      .scope({{"name", ScopeKind::text, true, {}}, {"url", ScopeKind::url, true, {}}}, &make_scope)
      .sync("list", [store = std::move(store)](Call& call) { return usable(call, *store); },
            {{}, "The names of secrets that may stand as ${secret:NAME} in a header that net sends."});
}

}  // namespace cloche
