#include <cloche/builtin/plugins.h>
#include <cloche/policy_rule.h>
#include <cloche/rule_scope.h>

namespace cloche {
namespace {

struct InterfaceRule {
  std::string interface;
};
BOOST_DESCRIBE_STRUCT(InterfaceRule, (), (interface))

using InterfaceScope = RuleScope<InterfaceRule, std::string>;

// The directory, where the interface is inside the scope.
Result<PluginDirectory*> directory(Call& call, const std::string& interface) {
  auto admitted = call.scope<InterfaceScope>().admit(call, interface, interface);
  if (!admitted) return admitted.error();
  if (!call.plugin().neighbours)
    return Error(Errc::not_supported, "plugins: no other plugins can be reached from here");
  return call.plugin().neighbours.get();
}

Result<Value> call_interface(Call& call, const std::string& interface, const std::string& function,
                             const std::vector<Value>& arguments) {
  const auto others = directory(call, interface);
  if (!others) return others.error();
  return call.wait((*others)->call(call.plugin(), interface, function, arguments));
}

Result<std::optional<std::string>> provider(Call& call, const std::string& interface) {
  const auto others = directory(call, interface);
  if (!others) return others.error();
  auto id = (*others)->provider(call.plugin(), interface);
  if (id) return std::optional(*id);
  if (id.error().code() == Errc::no_such_export) return std::optional<std::string>();
  return id.error();
}

}  // namespace

void define_plugins(Registry& registry) {
  registry.define("plugins")
      .summary("Calls what other plugins provide")
      .scope<InterfaceRule>([](const InterfaceRule& rule, const std::string& interface) {
        return glob_matches(rule.interface, interface);
      })
      .async("call", call_interface,
             {{"interface", "name", "args"},
              "Calls a function of the plugin that provides an interface which the manifest says it uses."})
      .sync("provider", provider,
            {{"interface"}, "The id of the plugin that provides an interface; nothing where none does."});
}

}  // namespace cloche
