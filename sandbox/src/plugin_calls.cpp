#include "plugin_calls.h"

#include "list_call.h"
#include "supervision/slot.h"

#include <algorithm>
#include <array>

namespace cloche {
namespace {

using supervision::Slot;

// What a host calls for itself is no part of an interface.
constexpr std::array<std::string_view, 3> kReserved{"health", "exportState", "importState"};

const Manifest::Used* use_of(const Manifest& manifest, std::string_view interface) {
  const auto found = std::ranges::find(manifest.uses, interface, &Manifest::Used::interface);
  return found == manifest.uses.end() ? nullptr : &*found;
}

}  // namespace

void PluginCalls::close() {
  const std::scoped_lock lock(mutex_);
  slots_ = {};
}

PluginCalls::Slots PluginCalls::slots() const {
  const std::scoped_lock lock(mutex_);
  return slots_ ? slots_() : Slots();
}

Result<std::shared_ptr<Slot>> PluginCalls::find(const PluginInfo& caller, std::string_view interface) const {
  const Slots all = slots();
  const auto own =
      std::ranges::find(all, caller.id, [](const auto& slot) { return slot->blueprint()->manifest.id; });
  const auto blueprint = own == all.end() ? nullptr : (*own)->blueprint();
  const Manifest::Used* use = blueprint ? use_of(blueprint->manifest, interface) : nullptr;
  const std::string name(interface);
  if (use == nullptr)
    return Error(Errc::not_capable,
                 "plugins: the manifest does not say under 'uses' that it uses '" + name + "'");
  std::shared_ptr<Slot> best;
  std::optional<Version> version;
  for (const auto& slot : all) {
    const auto candidate = slot->blueprint();
    if (candidate->manifest.id == caller.id) continue;
    for (const Manifest::Provided& provided : candidate->manifest.provides) {
      if (provided.interface != interface || !use->version.contains(provided.version)) continue;
      if (version && provided.version <= *version) continue;
      best = slot;
      version = provided.version;
    }
  }
  if (!best)
    return Error(Errc::no_such_export,
                 "plugins: no plugin is loaded that provides '" + name + "' " + use->version.text());
  return best;
}

Result<std::string> PluginCalls::provider(const PluginInfo& caller, std::string_view interface) const {
  const auto slot = find(caller, interface);
  if (!slot) return slot.error();
  return (*slot)->blueprint()->manifest.id;
}

// Null when it would be too deep. What it gives is held until the call is answered.
std::shared_ptr<void> PluginCalls::begin(const std::string& caller, const std::string& callee) {
  const std::scoped_lock lock(ledger_->mutex);
  std::list<UnderWay>& calls = ledger_->calls;
  std::size_t depth = 1;
  for (const UnderWay& call : calls) {
    if (call.callee == caller) depth = std::max(depth, call.depth + 1);
  }
  if (depth > kDeepest) return nullptr;
  const auto place = calls.insert(calls.end(), {callee, depth});
  return {&*place, [place, ledger = ledger_](void*) {
            const std::scoped_lock own(ledger->mutex);
            ledger->calls.erase(place);
          }};
}

Future<Value> PluginCalls::call(const PluginInfo& caller, std::string_view interface, std::string function,
                                std::vector<Value> arguments) {
  const auto refuse = [](Error error) { return Result<Value>(std::move(error)); };
  const auto slot = find(caller, interface);
  if (!slot) return refuse(slot.error());
  if (std::ranges::find(kReserved, function) != kReserved.end())
    return refuse({Errc::no_such_export, "plugins: '" + function + "' is for the host alone"});
  auto ticket = begin(caller.id, (*slot)->blueprint()->manifest.id);
  if (!ticket) {
    return refuse({Errc::pending_limit, "plugins: plugins may call each other " + std::to_string(kDeepest) +
                                            " deep, and no deeper"});
  }
  ListCall call(std::make_shared<const std::vector<Value>>(std::move(arguments)), std::move(ticket));
  auto future = call.future();
  (*slot)->call_export({}, function, call);
  return future;
}

}  // namespace cloche
