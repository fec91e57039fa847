#pragma once

#include <cloche/call.h>
#include <cloche/grants.h>
#include <cloche/registry.h>
#include <cloche/result.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// One host function closed over one plugin's grant.
struct BoundFunction {
  const HostFunction* function = nullptr;
  const PluginInfo* plugin = nullptr;
  const Grant* grant = nullptr;
  void* scope = nullptr;

  [[nodiscard]] Call call(CallServices& services) const noexcept {
    return {*plugin, *grant, scope, services};
  }
};

/// What `cap:NAME` is for one plugin: exactly the functions of the facets it was granted.
struct BoundModule {
  std::string name;
  std::vector<std::unique_ptr<BoundFunction>> functions;

  [[nodiscard]] const BoundFunction* find(std::string_view function) const noexcept;
};

/// Everything one plugin holds, and nothing else. Keeps the registry, grants and scopes it refers to alive;
/// movable, its functions stay where they are.
class Bindings {
 public:
  [[nodiscard]] const Grants& grants() const noexcept { return *grants_; }
  [[nodiscard]] const PluginInfo& plugin() const noexcept { return *plugin_; }
  [[nodiscard]] const Registry& registry() const noexcept { return *registry_; }
  [[nodiscard]] const std::vector<BoundModule>& modules() const noexcept { return modules_; }
  [[nodiscard]] const BoundModule* find(std::string_view module) const noexcept;

 private:
  friend Result<Bindings> bind(std::shared_ptr<const Registry>, Grants, PluginInfo);

  std::shared_ptr<const Registry> registry_;
  std::unique_ptr<const Grants> grants_;
  std::unique_ptr<const PluginInfo> plugin_;
  std::vector<std::shared_ptr<void>> scopes_;
  std::vector<BoundModule> modules_;
};

/// Closes the registry's functions over what `grants` gives. A capability that is granted but not in the
/// registry is an error (`not_supported`), as is a scope that cannot be made.
[[nodiscard]] Result<Bindings> bind(std::shared_ptr<const Registry> registry, Grants grants,
                                    PluginInfo plugin);

}  // namespace cloche
