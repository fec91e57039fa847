#include <algorithm>
#include <cloche/builtin/config.h>

namespace cloche {
namespace {

using Settings = Configuration::Settings;

struct ConfigScope {
  std::shared_ptr<Settings> settings;
  std::map<std::uint32_t, std::unique_ptr<Lease>> watches = {};

  explicit ConfigScope(std::shared_ptr<Settings> the_settings) : settings(std::move(the_settings)) {}
  ~ConfigScope() {
    for (const auto& [number, lease] : watches) settings->unwatch(number);
  }
  ConfigScope(const ConfigScope&) = delete;
  ConfigScope& operator=(const ConfigScope&) = delete;
};

Value get(Call& call, const std::string& name) {
  call.about(name);
  const auto settings = call.scope<ConfigScope>().settings->now();
  const auto found = std::ranges::find(*settings, name, &Object::value_type::first);
  return found == settings->end() ? Value() : found->second;
}

Result<std::uint32_t> on_change(Call& call, const Function& callback) {
  constexpr std::size_t kMost = 16;
  auto& scope = call.scope<ConfigScope>();
  if (scope.watches.size() >= kMost)
    return Error(Errc::quota, "the plugin watches its settings 16 times already; have one callback do more");
  const std::uint32_t number =
      scope.settings->watch([callback](const std::vector<std::string>& names, const Object& settings) {
        Array changed(names.begin(), names.end());
        static_cast<void>(callback({Object{{"changed", std::move(changed)}, {"settings", settings}}}));
      });
  scope.watches.emplace(number,
                        call.lease([settings = scope.settings, number] { settings->unwatch(number); }));
  return number;
}

bool off_change(Call& call, std::uint32_t number) {
  auto& scope = call.scope<ConfigScope>();
  return scope.watches.erase(number) != 0 && scope.settings->unwatch(number);
}

}  // namespace

void define_config(Registry& registry, std::shared_ptr<Configuration> configuration) {
  registry.define("config")
      .summary("Reads the plugin's settings")
      .scope({},
             [configuration = std::move(configuration)](
                 const Grant&, const PluginInfo& plugin) -> Result<std::shared_ptr<ConfigScope>> {
               auto settings = configuration->load(
                   plugin.id, plugin.config ? plugin.config : std::make_shared<const ConfigTerms>());
               if (!settings) return settings.error();
               return std::make_shared<ConfigScope>(std::move(*settings));
             })
      .sync("get", get, {{"name"}, "One setting; undefined where there is none of that name."})
      .sync("all", [](Call& call) { return Value(*call.scope<ConfigScope>().settings->now()); },
            {{}, "All settings."})
      .sync("onChange", on_change,
            {{"callback"}, "Has changes told to a function; gives the number to end it with."})
      .sync("offChange", off_change, {{"number"}, "Ends that; tells whether there was such a number."});
}

}  // namespace cloche
