#include <cloche/builtin/plugins.h>
#include <cloche/conjunction.h>
#include <cloche/policy_rule.h>

#include "scope/rule_fields.h"

namespace cloche {
namespace {

class InterfaceRule {
 public:
  struct Bounds {
    void widen(const Bounds&) {}
    void narrow(const Bounds&) {}
  };

  [[nodiscard]] static Result<InterfaceRule> make(const ScopeRule& rule) {
    const auto* pattern = rule_field<std::string>(rule, "interface");
    if (pattern == nullptr) return Error(Errc::invalid_argument, "a rule for plugins needs an interface");
    return InterfaceRule(*pattern);
  }

  [[nodiscard]] bool matches(std::string_view interface) const { return glob_matches(pattern_, interface); }
  [[nodiscard]] bool denies(std::string_view interface) const { return matches(interface); }
  [[nodiscard]] Bounds bounds() const { return {}; }
  [[nodiscard]] std::string text() const { return "interface " + pattern_; }

 private:
  explicit InterfaceRule(std::string pattern) : pattern_(std::move(pattern)) {}
  std::string pattern_;
};

using InterfaceScope = Conjunction<InterfaceRule>;

// The directory, where the interface is inside the scope.
Result<PluginDirectory*> directory(Call& call, const std::string& interface) {
  const auto permit = call.scope<InterfaceScope>().permit(std::string_view(interface));
  call.about(interface, permit ? permit->rule : std::string_view());
  if (!permit) {
    return Error(Errc::not_capable, "plugins: no rule allows the interface '" + interface + "'");
  }
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
      .scope({{"interface", ScopeKind::text, true, {}}},
             [](const Grant& grant, const PluginInfo&) -> Result<std::shared_ptr<InterfaceScope>> {
               auto scope = InterfaceScope::make(grant, &InterfaceRule::make);
               if (!scope) return scope.error();
               return std::make_shared<InterfaceScope>(std::move(*scope));
             })
      .async("call", call_interface,
             {{"interface", "name", "args"},
              "Calls a function of the plugin that provides an interface which the manifest says it uses."})
      .sync("provider", provider,
            {{"interface"}, "The id of the plugin that provides an interface; nothing where none does."});
}

}  // namespace cloche
