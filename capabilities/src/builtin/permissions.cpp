#include <cloche/builtin/permissions.h>

#include <cloche/function.h>
#include <cloche/value.h>
#include <map>

namespace cloche {
namespace {

/// Who wants to know of changes, by the number it was given.
struct Listeners {
  std::map<std::uint64_t, std::unique_ptr<Lease>> leases;
};

std::string query(Call& call, const std::string& capability) {
  return std::string(to_string(call.holdings().query(capability)));
}

Result<std::string> request(Call& call, const std::string& capability) {
  const auto state = call.wait(call.holdings().request(capability));
  if (!state) return state.error();
  return std::string(to_string(*state));
}

Result<std::uint32_t> on_change(Call& call, const Function& listener) {
  Holdings& holdings = call.holdings();
  auto& leases = call.scope<Listeners>().leases;
  if (leases.size() >= call.plugin().limits.pending)
    return Error(Errc::pending_limit, "onChange: no more listeners are taken; end some with offChange");
  const auto number = holdings.watch([listener](std::string_view capability, Permission state) {
    static_cast<void>(listener({Value(std::string(capability)), Value(std::string(to_string(state)))}));
  });
  leases[number] = call.lease([&holdings, number] { holdings.unwatch(number); });
  return static_cast<std::uint32_t>(number);
}

void off_change(Call& call, std::uint32_t number) {
  if (call.scope<Listeners>().leases.erase(number) > 0) call.holdings().unwatch(number);
}

}  // namespace

void define_permissions(Registry& registry) {
  registry.define("permissions")
      .summary("What the plugin may do, and how it asks for more")
      .implicit()
      .scope({},
             [](const Grant&, const PluginInfo&) -> Result<std::shared_ptr<Listeners>> {
               return std::make_shared<Listeners>();
             })
      .sync("query", query,
            {{"capability"}, "How the plugin stands to a capability: granted, prompt or denied."})
      .async("request", request,
             {{"capability"},
              "Asks the user for a capability of the manifest, where that may be, and gives how it stands "
              "then."})
      .sync("onChange", on_change,
            {{"listener"},
             "Has listener(capability, state) called after each change; gives a number for offChange."})
      .sync("offChange", off_change, {{"number"}, "Ends what onChange began."});
}

}  // namespace cloche
