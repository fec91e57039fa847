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

/// One host function closed over what one plugin holds.
struct BoundFunction {
  const HostFunction* function = nullptr;
  const PluginInfo* plugin = nullptr;
  Holdings* holdings = nullptr;
  Holding* holding = nullptr;

  /// While the capability is granted.
  [[nodiscard]] Call call(CallServices& services) const noexcept {
    return {*plugin, *holdings, *holding, services};
  }
};

/// What `cap:NAME` is for one plugin: exactly the functions of the facets it was granted, or may be, and of those whose
/// absence it says it can do without (`when_denied: ignore`).
struct BoundModule {
  std::string name;
  std::vector<std::unique_ptr<BoundFunction>> functions;

  [[nodiscard]] const BoundFunction* find(std::string_view function) const noexcept;
};

/// Everything one plugin holds, and nothing else. Keeps the registry, grants and scopes it refers to alive;
/// movable, its functions stay where they are.
class Bindings {
 public:
  /// As they were when it was bound; `holdings` tells how things stand now.
  [[nodiscard]] const Grants& grants() const noexcept { return *grants_; }
  [[nodiscard]] Holdings& holdings() const noexcept { return *holdings_; }
  [[nodiscard]] const PluginInfo& plugin() const noexcept { return *plugin_; }
  [[nodiscard]] const Registry& registry() const noexcept { return *registry_; }
  [[nodiscard]] const std::vector<BoundModule>& modules() const noexcept { return modules_; }
  [[nodiscard]] const BoundModule* find(std::string_view module) const noexcept;

  /// Whether every plugin has it.
  [[nodiscard]] bool is_implicit(const Holding& holding) const;

  /// Gives the plugin `grant` of what it asks for from now on, on its thread; a grant that it has of the same capability
  /// is over. Error: a scope that cannot be made; then it holds what it held.
  [[nodiscard]] Result<void> give(const Grant& grant);
  /// Takes the capability away, on the plugin's thread.
  void take(std::string_view capability, Permission state);

 private:
  friend Result<Bindings> bind(std::shared_ptr<const Registry>, Grants, PluginInfo);
  [[nodiscard]] Result<std::shared_ptr<void>> make_scope(const Grant& grant) const;
  [[nodiscard]] Result<void> add(const Grant& grant, bool ignored);
  void add_denied(const Decision& decision);
  [[nodiscard]] bool has_functions(const Holding& holding) const;
  void add_functions(const Capability& capability, Holding& holding);

  std::shared_ptr<const Registry> registry_;
  std::unique_ptr<const Grants> grants_;
  std::unique_ptr<const PluginInfo> plugin_;
  std::unique_ptr<Holdings> holdings_;
  std::vector<BoundModule> modules_;
};

/// Closes the registry's functions over what `grants` gives. A capability that is granted but not in the
/// registry is an error (`not_supported`), as is a scope that cannot be made.
[[nodiscard]] Result<Bindings> bind(std::shared_ptr<const Registry> registry, Grants grants,
                                    PluginInfo plugin);

}  // namespace cloche
