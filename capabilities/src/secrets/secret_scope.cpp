#include "secrets/secret_scope.h"

#include "scope/rule_fields.h"

namespace cloche::secrets {

Result<SecretScope::Rule> SecretScope::Rule::compile(const ScopeRule& rule) {
  Rule made;
  if (const auto* name = rule_field<std::string>(rule, "name")) made.name = *name;
  if (const auto* url = rule_field<std::string>(rule, "url")) {
    auto pattern = net::UrlPattern::parse(*url);
    if (!pattern) return pattern.error();
    made.url = std::move(*pattern);
  }
  if (!made.name && !made.url)
    return Error(Errc::invalid_argument, "a rule for secrets needs a name or a url");
  return made;
}

bool SecretScope::Rule::fits(const Use& use) const {
  return (!name || *name == use.name) && (!url || use.url == nullptr || url->matches(*use.url));
}

Result<SecretScope> SecretScope::make(const Grant& grant) {
  auto rules = Conjunction<Rule>::make(grant, &Rule::compile);
  if (!rules) return rules.error();
  return SecretScope(std::move(*rules));
}

bool SecretScope::allows(std::string_view name, const net::Url& url) const {
  return rules_.permit(Use{name, &url}).has_value();
}

bool SecretScope::allows_somewhere(std::string_view name) const {
  return rules_.permit(Use{name, nullptr}).has_value();
}

}  // namespace cloche::secrets
