#include "result_text.h"
#include "samples.h"

#include <algorithm>
#include <cloche/resolve.h>
#include <random>

// Properties of resolve() over random manifests and policies of a small world: capabilities whose only field
// is `path`, and uses that are a path each. What may be used is compared with a model that works on sets of
// uses.

namespace {

using cloche::Policy;
using cloche::PolicyRule;
using cloche::ScopedCapability;
using cloche::ScopeSet;

constexpr const char* kPaths[] = {"a", "b", "c", "d"};
constexpr const char* kCapabilities[] = {"fs.read", "fs.write"};
constexpr const char* kPatterns[] = {"fs.read", "fs.write", "fs.*", "*"};

cloche::Catalogue world() {
  return {{{"fs.read", "", {{"path", cloche::ScopeKind::path, true, {}}}, {}},
           {"fs.write", "", {{"path", cloche::ScopeKind::path, true, {}}}, {}}}};
}

bool holds(const ScopeSet& set, std::string_view path) {
  return set.everything ||
         std::any_of(set.rules.begin(), set.rules.end(), [&](const cloche::ScopeRule& rule) {
           return std::get<std::string>(rule.fields.at("path")) == path;
         });
}

bool permits(const cloche::Grants& grants, std::string_view capability, std::string_view path) {
  const cloche::Grant* grant = grants.find(capability);
  const auto has = [&](const ScopeSet& set) { return holds(set, path); };
  return grant != nullptr && std::all_of(grant->allow.begin(), grant->allow.end(), has) &&
         std::none_of(grant->deny.begin(), grant->deny.end(), has);
}

template <class Visit>
void each_use(Visit visit) {
  for (const char* capability : kCapabilities) {
    for (const char* path : kPaths) visit(capability, path);
  }
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  ScopeSet scope() {
    ScopeSet set;
    set.everything = one_in(4);
    for (const char* path : kPaths) {
      if (set.everything || !one_in(2)) continue;
      cloche::ScopeRule rule;
      rule.fields.emplace("path", std::string(path));
      set.rules.push_back(rule);
    }
    return set;
  }

  ScopedCapability scoped() { return {kPatterns[below(std::size(kPatterns))], true, scope()}; }

  PolicyRule rule() {
    PolicyRule rule;
    if (one_in(3)) rule.match.plugin = one_in(2) ? "com.acme.*" : "com.other.*";
    if (one_in(2)) rule.max = one_in(2) ? std::vector<std::string>{"s"} : std::vector<std::string>{"s", "t"};
    if (one_in(2)) rule.deny.push_back(scoped());
    rule.locked = one_in(4);
    return rule;
  }

  Policy policy() {
    Policy policy;
    policy.defaults.unlisted = static_cast<Policy::Verdict>(below(3));
    policy.defaults.optional = static_cast<Policy::Verdict>(below(3));
    policy.defaults.no_ui = static_cast<Policy::Verdict>(below(2));
    for (const char* name : {"s", "t"}) {
      for (std::size_t i = below(3); i > 0; --i) policy.sets[name].push_back(scoped());
    }
    for (std::size_t i = below(3); i > 0; --i) policy.ceiling.push_back(rule());
    for (std::size_t i = below(3); i > 0; --i) policy.organisation.push_back(rule());
    for (std::size_t i = below(4); i > 0; --i) {
      Policy::UserGrant grant;
      grant.capability = scoped();
      if (one_in(4)) grant.deny = scope();
      policy.grants.push_back(grant);
    }
    if (one_in(12)) policy.revoked.push_back({{"com.acme.*", {}, {}}, {}});
    return policy;
  }

  cloche::Manifest manifest() {
    cloche::Manifest manifest;
    manifest.id = "com.acme.x";
    for (const char* capability : kCapabilities) {
      cloche::CapabilityRequest request;
      request.id = capability;
      request.has_allow = true;
      request.allow = scope();
      if (one_in(4)) request.deny = scope();
      (one_in(2) ? manifest.required : manifest.optional).push_back(request);
    }
    return manifest;
  }

  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

// Rule 1 of the precedence, use by use: requested ∩ ceiling ∩ organisation ∩ grant, minus every deny.
class Model {
 public:
  Model(const cloche::Manifest& manifest, const Policy& policy) : manifest_(manifest), policy_(policy) {}

  bool permits(std::string_view capability, std::string_view path) const {
    if (!policy_.revoked.empty()) return false;
    const bool required = find(manifest_.required, capability) != nullptr;
    const auto* request =
        required ? find(manifest_.required, capability) : find(manifest_.optional, capability);
    bool locked = false;
    if (!holds(request->allow, path) || holds(request->deny, path)) return false;
    for (const auto* rules : {&policy_.ceiling, &policy_.organisation}) {
      for (const PolicyRule& rule : *rules) {
        if (rule.match.plugin == "com.other.*") continue;
        locked = locked || rule.locked;
        if (rule.max && !in_sets(*rule.max, capability, path)) return false;
        if (any(rule.deny, capability, path)) return false;
      }
    }
    return granted(required, locked, capability, path);
  }

 private:
  static const cloche::CapabilityRequest* find(const std::vector<cloche::CapabilityRequest>& requests,
                                               std::string_view id) {
    for (const auto& request : requests) {
      if (request.id == id) return &request;
    }
    return nullptr;
  }

  static bool any(const std::vector<ScopedCapability>& list, std::string_view capability,
                  std::string_view path) {
    return std::any_of(list.begin(), list.end(), [&](const ScopedCapability& entry) {
      return cloche::capability_matches(entry.pattern, capability) && holds(entry.scope, path);
    });
  }

  bool in_sets(const std::vector<std::string>& names, std::string_view capability,
               std::string_view path) const {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return policy_.sets.count(name) != 0 && any(policy_.sets.at(name), capability, path);
    });
  }

  bool granted(bool required, bool locked, std::string_view capability, std::string_view path) const {
    bool covered = false;
    bool inside = false;
    for (const Policy::UserGrant& grant : policy_.grants) {
      if (!cloche::capability_matches(grant.capability.pattern, capability)) continue;
      if (holds(grant.deny, path)) return false;
      covered = covered || grant.capability.scope.everything || !grant.capability.scope.rules.empty();
      inside = inside || holds(grant.capability.scope, path);
    }
    if (covered) return inside;
    auto verdict = required ? policy_.defaults.unlisted : policy_.defaults.optional;
    if (verdict == Policy::Verdict::prompt) verdict = locked ? Policy::Verdict::deny : policy_.defaults.no_ui;
    return verdict == Policy::Verdict::allow;
  }

  const cloche::Manifest& manifest_;
  const Policy& policy_;
};

constexpr unsigned kRounds = 2000;

}  // namespace

TEST_CASE("resolve agrees with the model, use by use") {
  const cloche::Catalogue catalogue = world();
  int permitted = 0;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Dice dice(seed);
    const cloche::Manifest manifest = dice.manifest();
    const Policy policy = dice.policy();
    const cloche::Grants grants = resolve(manifest, policy, catalogue);
    const Model model(manifest, policy);
    each_use([&](const char* capability, const char* path) {
      if (permits(grants, capability, path)) ++permitted;
      if (permits(grants, capability, path) == model.permits(capability, path)) return;
      FAIL_CHECK("seed " << seed << ": " << capability << " of " << path);
    });
  }
  CHECK(permitted > 200);  // the comparison is of something
}

TEST_CASE("adding a deny or a max anywhere never widens") {
  const cloche::Catalogue catalogue = world();
  int narrowed = 0;
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Dice dice(seed);
    const cloche::Manifest manifest = dice.manifest();
    const Policy policy = dice.policy();
    const cloche::Grants before = resolve(manifest, policy, catalogue);
    Policy changed = policy;
    PolicyRule rule;
    if (dice.one_in(2))
      rule.deny.push_back(dice.scoped());
    else
      rule.max = std::vector<std::string>{"s"};
    (dice.one_in(2) ? changed.ceiling : changed.organisation).push_back(rule);
    if (!changed.grants.empty() && dice.one_in(2)) changed.grants.front().deny = dice.scope();
    if (!policy.grants.empty() && !policy.grants.front().deny.rules.empty()) continue;  // replaced, not added
    if (!policy.grants.empty() && policy.grants.front().deny.everything) continue;
    const cloche::Grants after = resolve(manifest, changed, catalogue);
    each_use([&](const char* capability, const char* path) {
      const bool was = permits(before, capability, path);
      const bool is = permits(after, capability, path);
      if (was && !is) ++narrowed;
      if (is && !was) FAIL_CHECK("seed " << seed << ": " << capability << " of " << path);
    });
  }
  CHECK(narrowed > 100);
}

TEST_CASE("the order of rules, grants and layers does not matter") {
  const cloche::Catalogue catalogue = world();
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    Dice dice(seed);
    const cloche::Manifest manifest = dice.manifest();
    const Policy policy = dice.policy();
    Policy mixed = policy;
    std::swap(mixed.ceiling, mixed.organisation);
    std::shuffle(mixed.ceiling.begin(), mixed.ceiling.end(), dice.engine());
    std::shuffle(mixed.organisation.begin(), mixed.organisation.end(), dice.engine());
    std::shuffle(mixed.grants.begin(), mixed.grants.end(), dice.engine());
    const cloche::Grants one = resolve(manifest, policy, catalogue);
    const cloche::Grants other = resolve(manifest, mixed, catalogue);
    each_use([&](const char* capability, const char* path) {
      if (permits(one, capability, path) != permits(other, capability, path)) FAIL_CHECK("seed " << seed);
    });
  }
}
