#include <cloche/grants.h>

#include <algorithm>

namespace cloche {

std::string_view to_string(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::context: return "context";
    case Isolation::isolate: return "isolate";
    case Isolation::process: return "process";
  }
  return "process";
}

std::string_view to_string(Layer layer) noexcept {
  switch (layer) {
    case Layer::manifest: return "manifest";
    case Layer::ceiling: return "ceiling";
    case Layer::organisation: return "organisation";
    case Layer::grant: return "grant";
    case Layer::defaults: return "defaults";
    case Layer::host: return "host";
    case Layer::revocation: return "revocation";
  }
  return "host";
}

namespace {

bool same_rules(const std::vector<ScopeSet>& a, const std::vector<ScopeSet>& b) {
  return std::ranges::equal(a, b, [](const ScopeSet& one, const ScopeSet& other) {
    return one.everything == other.everything &&
           std::ranges::equal(one.rules, other.rules, {}, &ScopeRule::fields, &ScopeRule::fields);
  });
}

}  // namespace

bool same_scope(const Grant& a, const Grant& b) {
  return a.capability == b.capability && same_rules(a.allow, b.allow) && same_rules(a.deny, b.deny);
}

const Grant* Grants::find(std::string_view capability) const noexcept {
  const auto found = std::find_if(granted.begin(), granted.end(),
                                  [&](const Grant& grant) { return grant.capability == capability; });
  return found == granted.end() ? nullptr : &*found;
}

const Decision* Grants::decision(std::string_view capability) const noexcept {
  const auto found = std::find_if(decisions.begin(), decisions.end(), [&](const Decision& decision) {
    return decision.capability == capability;
  });
  return found == decisions.end() ? nullptr : &*found;
}

}  // namespace cloche
