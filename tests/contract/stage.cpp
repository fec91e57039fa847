#include "contract/stage.h"

#include <stdexcept>

namespace cloche::contract {
namespace {

// The world outlives every stage.
PluginInfo plugin_in(World& world) {
  PluginInfo info{"com.acme.test", "Test", "1.0.0"};
  info.neighbours = std::shared_ptr<PluginDirectory>(&world, [](PluginDirectory*) {});
  return info;
}

Decision may_be_asked(std::string capability) {
  Decision decision;
  decision.capability = std::move(capability);
  decision.prompt = true;
  return decision;
}

}  // namespace

Grants Stage::granted(const Entry& entry) {
  Grant grant = testing::whole(entry.capability);
  if (entry.rule) {
    ScopeSet set;
    set.rules.push_back(*entry.rule);
    grant.allow = {std::move(set)};
  }
  Grants grants = testing::grants_of({});
  if (entry.capability != "permissions")
    grants.granted.push_back(std::move(grant));  // which all plugins have
  grants.decisions.push_back(may_be_asked("asked.for"));
  return grants;
}

Stage::Stage(World& world, const Entry& entry, Grants grants)
    : entry_(entry), bindings_(cloche::bind(world.registry(), std::move(grants), plugin_in(world)).value()) {
  bindings_.holdings().set_desk(&world);
}

const BoundFunction* Stage::find(const std::string& function) const {
  const BoundModule* module = bindings_.find(entry_.capability.substr(0, entry_.capability.find('.')));
  return module == nullptr ? nullptr : module->find(function);
}

Result<Value> Stage::run(const Use& use, CallServices& services, Call::Notes* notes) {
  const BoundFunction* bound = find(use.function);
  if (bound == nullptr) throw std::invalid_argument(entry_.capability + " has no function " + use.function);
  return testing::Caller::call(*bound, use.arguments, services, notes);
}

Result<Value> Stage::run(const Use& use, Call::Notes* notes) {
  Interruption services;
  return run(use, services, notes);
}

void Stage::end() {
  for (const auto& holding : bindings_.holdings().all()) {
    holding->shut(Permission::denied);
    holding->end_leases();
  }
}

}  // namespace cloche::contract
