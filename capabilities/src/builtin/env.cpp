#include <cloche/builtin/env.h>

#include <cloche/conjunction.h>
#include <cloche/text.h>
#include <memory>
#include <unistd.h>
#include <utility>

#include "scope/rule_fields.h"
#include "text/ecma_text.h"
#include "text/names.h"
#include <cloche/conjunction.h>

namespace cloche {
namespace {

class NameRule {
 public:
  struct Bounds {
    void widen(const Bounds&) {}
    void narrow(const Bounds&) {}
  };

  static Result<NameRule> parse(const ScopeRule& rule) {
    const auto* names = rule_field<std::vector<std::string>>(rule, "names");
    if (names == nullptr) return Error(Errc::invalid_argument, "a rule for variables needs names");
    auto patterns = text::NamePatterns::parse(*names);
    if (!patterns) return patterns.error();
    NameRule parsed;
    parsed.patterns_ = std::move(*patterns);
    for (const std::string& name : *names) parsed.text_ += (parsed.text_.empty() ? "" : " ") + name;
    return parsed;
  }

  [[nodiscard]] bool matches(std::string_view name) const { return patterns_.match(name); }
  [[nodiscard]] bool denies(std::string_view name) const { return patterns_.match(name); }
  [[nodiscard]] Bounds bounds() const { return {}; }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  text::NamePatterns patterns_;
  std::string text_;
};

using NameScope = Conjunction<NameRule>;

Result<std::shared_ptr<NameScope>> make_scope(const Grant& grant, const PluginInfo&) {
  auto scope = NameScope::make(grant, NameRule::parse);
  if (!scope) return scope.error();
  return std::make_shared<NameScope>(std::move(*scope));
}

Result<std::optional<std::string>> get(Call& call, const Environment& environment, const std::string& name) {
  const auto permit = call.scope<NameScope>().permit(std::string_view(name));
  call.about(name, permit ? permit->rule : std::string_view());
  if (!permit) {
    return Error(Errc::not_capable, "'" + text::excerpt(name, 80) +
                                        "' is outside what this plugin was granted of env: no rule names it");
  }
  const auto found = environment.find(name);
  if (found == environment.end() || !is_utf8(found->second)) return std::optional<std::string>();
  return std::optional(found->second);
}

Environment all(Call& call, const Environment& environment) {
  Environment inside;
  for (const auto& [name, value] : environment) {
    if (is_utf8(name) && is_utf8(value) && call.scope<NameScope>().permit(std::string_view(name)))
      inside.emplace(name, value);
  }
  return inside;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != 0 && equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

void define_env(Registry& registry, Environment environment) {
  const auto shared = std::make_shared<const Environment>(std::move(environment));
  registry.define("env")
      .summary("Reads variables of the environment")
      .scope({{"names", ScopeKind::text_list, true, {}}}, make_scope)
      .sync("get", [shared](Call& call, const std::string& name) { return get(call, *shared, name); },
            {{"name"}, "A variable's value, or undefined when it is not set."})
      .sync("all", [shared](Call& call) { return all(call, *shared); },
            {{}, "The variables that are set and that the plugin may read."});
}

}  // namespace cloche
