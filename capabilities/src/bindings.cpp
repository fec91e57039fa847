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

Result<std::shared_ptr<void>> Bindings::make_scope(const Grant& grant) const {
  const Capability* capability = registry_->find(grant.capability);
  if (capability == nullptr)
    return Error(Errc::not_supported, "this host offers no capability '" + grant.capability + "'");
  if (!capability->make_scope) return std::shared_ptr<void>();
  return capability->make_scope(grant, *plugin_);
}

bool Bindings::is_implicit(const Holding& holding) const {
  const Capability* capability = registry_->find(holding.capability());
  return capability != nullptr && capability->entry.implicit;
}

bool Bindings::has_functions(const Holding& holding) const {
  return std::ranges::any_of(modules_, [&](const BoundModule& module) {
    return std::ranges::any_of(module.functions,
                               [&](const auto& function) { return function->holding == &holding; });
  });
}

void Bindings::add_functions(const Capability& capability, Holding& holding) {
  BoundModule& module = module_of(modules_, capability.entry.module());
  for (const HostFunction& function : capability.functions) {
    module.functions.push_back(
        std::make_unique<BoundFunction>(BoundFunction{&function, plugin_.get(), holdings_.get(), &holding}));
  }
}

Result<void> Bindings::add(const Grant& grant, bool ignored) {
  auto scope = make_scope(grant);
  if (!scope) return scope.error();
  Holding& holding = holdings_->add(grant.capability, Permission::denied, ignored);
  holding.open(grant, std::move(*scope));
  add_functions(*registry_->find(grant.capability), holding);
  return {};
}

// What is not granted: it may be later, or its absence may be passed over.
void Bindings::add_denied(const Decision& decision) {
  Holding& holding = holdings_->add(
      decision.capability, decision.prompt ? Permission::prompt : Permission::denied, decision.ignored);
  const Capability* capability = registry_->find(decision.capability);
  if (capability != nullptr && (decision.prompt || decision.ignored)) add_functions(*capability, holding);
}

Result<void> Bindings::give(const Grant& grant) {
  Holding* holding = holdings_->find(grant.capability);
  if (holding == nullptr)
    return Error(Errc::invalid_argument, "the plugin does not ask for '" + grant.capability + "'");
  auto scope = make_scope(grant);
  if (!scope) return scope.error();
  if (!has_functions(*holding)) add_functions(*registry_->find(grant.capability), *holding);
  if (holding->granted()) holding->shut(Permission::denied);
  holding->end_leases();
  holding->open(grant, std::move(*scope));
  holdings_->tell(*holding);
  return {};
}

void Bindings::take(std::string_view capability, Permission state) {
  Holding* holding = holdings_->find(capability);
  if (holding == nullptr || holding->state() == state) return;
  holding->shut(state);
  holding->end_leases();
  holdings_->tell(*holding);
}

Result<Bindings> bind(std::shared_ptr<const Registry> registry, Grants grants, PluginInfo plugin) {
  Bindings bindings;
  bindings.registry_ = std::move(registry);
  bindings.grants_ = std::make_unique<const Grants>(std::move(grants));
  bindings.holdings_ = std::make_unique<Holdings>();
  plugin.limits = bindings.grants_->limits;
  bindings.plugin_ = std::make_unique<const PluginInfo>(std::move(plugin));
  for (const auto& capability : bindings.registry_->capabilities()) {
    if (!capability->entry.implicit) continue;
    if (auto added = bindings.add({capability->entry.id, {}, {}}, false); !added) return added.error();
  }
  for (const Grant& grant : bindings.grants_->granted) {
    const Decision* decision = bindings.grants_->decision(grant.capability);
    auto added = bindings.add(grant, decision != nullptr && decision->ignored);
    if (!added) return added.error();
  }
  for (const Decision& decision : bindings.grants_->decisions) {
    if (!decision.granted) bindings.add_denied(decision);
  }
  return bindings;
}

}  // namespace cloche
