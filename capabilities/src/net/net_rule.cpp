#include "net/net_rule.h"

#include <algorithm>

#include "scope/rule_fields.h"

namespace cloche::net {
namespace {

using Texts = std::vector<std::string>;

Result<Redirects> redirects_of(const ScopeRule& rule) {
  const auto* text = rule_field<std::string>(rule, "redirects");
  if (text == nullptr || *text == "same-rule") return Redirects::same_rule;
  if (*text == "none") return Redirects::none;
  if (*text == "any-rule") return Redirects::any_rule;
  return Error(Errc::invalid_argument, "redirects are 'none', 'same-rule' or 'any-rule'");
}

}  // namespace

// The longer time; none is the default's, which a rule that names one was written to replace.
void NetRule::Bounds::widen(const Bounds& other) {
  max_bytes = std::max(max_bytes, other.max_bytes);
  if (other.timeout) timeout = timeout ? std::max(*timeout, *other.timeout) : *other.timeout;
  redirects = std::max(redirects, other.redirects);
}

void NetRule::Bounds::narrow(const Bounds& other) {
  max_bytes = std::min(max_bytes, other.max_bytes);
  if (other.timeout) timeout = timeout ? std::min(*timeout, *other.timeout) : *other.timeout;
  redirects = std::min(redirects, other.redirects);
  ruled = ruled || other.ruled;
}

Result<NetRule> NetRule::compile(const ScopeRule& rule) {
  NetRule made;
  if (const auto* url = rule_field<std::string>(rule, "url")) {
    auto pattern = UrlPattern::parse(*url);
    if (!pattern) return pattern.error();
    made.url_ = std::move(*pattern);
  }
  if (const auto* methods = rule_field<Texts>(rule, "methods")) {
    if (methods->empty())
      return Error(Errc::invalid_argument, "a list of methods is empty; name some, or leave it out");
    made.methods_ = *methods;
  }
  if (const auto* addresses = rule_field<Texts>(rule, "addresses")) {
    auto ranges = AddressRanges::parse(*addresses);
    if (!ranges) return ranges.error();
    made.addresses_ = std::move(*ranges);
  }
  if (!made.url_ && made.methods_.empty() && !made.addresses_)
    return Error(Errc::invalid_argument, "a rule for requests needs a url, methods or addresses");
  auto redirects = redirects_of(rule);
  if (!redirects) return redirects.error();
  made.bounds_.redirects = *redirects;
  made.bounds_.ruled = true;
  if (const auto* bytes = rule_field<std::uint64_t>(rule, "max_bytes")) made.bounds_.max_bytes = *bytes;
  if (const auto* time = rule_field<std::uint64_t>(rule, "timeout"))
    made.bounds_.timeout = Duration(static_cast<Duration::rep>(*time));
  return made;
}

bool NetRule::fits(const Use& use) const {
  return (methods_.empty() || std::ranges::find(methods_, use.method) != methods_.end()) &&
         (!url_ || url_->matches(use.url));
}

bool NetRule::allows_address(const Address& address) const {
  if (addresses_) return addresses_->contains(address);
  return address.kind() == AddressKind::public_ || (url_ && url_->address() == address);
}

bool NetRule::matches(const Use& use) const {
  if (!fits(use) || (use.address != nullptr && !allows_address(*use.address))) return false;
  return use.origin == nullptr || (bounds_.redirects != Redirects::none && fits(*use.origin));
}

bool NetRule::denies(const Use& use) const {
  if (!fits(use)) return false;
  return !addresses_ || (use.address != nullptr && addresses_->contains(*use.address));
}

Result<NetScope> NetScope::make(const Grant& grant) {
  auto rules = Conjunction<NetRule>::make(grant, &NetRule::compile);
  if (!rules) return rules.error();
  return NetScope(std::move(*rules));
}

std::optional<NetScope::Permit> NetScope::permit(const Use& use) const {
  auto permit = rules_.permit(use);
  if (permit && !permit->bounds.ruled && use.address != nullptr &&
      use.address->kind() != AddressKind::public_)
    return std::nullopt;
  return permit;
}

}  // namespace cloche::net
