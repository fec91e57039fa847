#include <cloche/bindings.h>

#include <algorithm>

namespace cloche {

const BoundFunction* BoundModule::find(std::string_view function) const noexcept {
  for (const auto& candidate : functions) {
    if (candidate->function->info.name == function) return candidate.get();
  }
  return nullptr;
}

const BoundModule* Bindings::find(std::string_view module) const noexcept {
  const auto found = std::ranges::find(modules_, module, &BoundModule::name);
  return found == modules_.end() ? nullptr : &*found;
}

namespace {

BoundModule& module_of(std::vector<BoundModule>& modules, std::string_view name) {
  const auto found = std::ranges::find(modules, name, &BoundModule::name);
  if (found != modules.end()) return *found;
  return modules.emplace_back(BoundModule{std::string(name), {}});
}

}  // namespace

Result<Bindings> bind(std::shared_ptr<const Registry> registry, Grants grants, PluginInfo plugin) {
  Bindings bindings;
  bindings.registry_ = std::move(registry);
  bindings.grants_ = std::make_unique<const Grants>(std::move(grants));
  plugin.limits = bindings.grants_->limits;
  bindings.plugin_ = std::make_unique<const PluginInfo>(std::move(plugin));
  for (const Grant& grant : bindings.grants_->granted) {
    const Capability* capability = bindings.registry_->find(grant.capability);
    if (capability == nullptr) {
      return Error(Errc::not_supported, "this host offers no capability '" + grant.capability + "'");
    }
    void* scope = nullptr;
    if (capability->make_scope) {
      auto made = capability->make_scope(grant, *bindings.plugin_);
      if (!made) return made.error();
      scope = bindings.scopes_.emplace_back(std::move(*made)).get();
    }
    BoundModule& module = module_of(bindings.modules_, capability->entry.module());
    for (const HostFunction& function : capability->functions) {
      module.functions.push_back(
          std::make_unique<BoundFunction>(BoundFunction{&function, bindings.plugin_.get(), &grant, scope}));
    }
  }
  return bindings;
}

}  // namespace cloche
