#include "resolve_capability.h"

#include "plugin_match.h"
#include "scope_types.h"
#include "shown.h"

#include <algorithm>
#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <filesystem>

namespace cloche {
namespace {

using Effect = DecisionStep::Effect;
using Prereleases = VersionRange::Prereleases;

std::string_view name_of(Layer layer) {
  if (layer == Layer::ceiling) return "the host's ceiling";
  if (layer == Layer::organisation) return "the organisation";
  if (layer == Layer::grant) return "the user's grant";
  return "the manifest";
}

// Compared in seconds: far days have no place in the clock's own, finer count.
bool is_reached(std::chrono::sys_seconds instant, std::chrono::system_clock::time_point now) {
  return now == std::chrono::system_clock::time_point::max() ||
         instant <= std::chrono::floor<std::chrono::seconds>(now);
}

// Folders are the same where their names are, but for "." and slashes that change nothing.
bool is_workspace(const std::string& granted, const std::string& open) {
  const auto plain = [](const std::string& folder) {
    return (std::filesystem::path(folder) / "").lexically_normal();
  };
  return !granted.empty() && !open.empty() && plain(granted) == plain(open);
}

}  // namespace

CapabilityResolver::Outcome CapabilityResolver::resolve(const CapabilityRequest& request, bool required) {
  decision_ = {};
  decision_.capability = request.id;
  decision_.required = required;
  decision_.ignored = request.when_denied == WhenDenied::ignore;
  decision_.reason = escape_controls(request.reason);
  grant_ = {request.id, {}, {}};
  denied_ = locked_ = false;
  entry_ = catalogue_.find(request.id);
  ask(request);
  if (entry_ != nullptr) {
    apply_rules(policy_.ceiling, Layer::ceiling);
    apply_rules(policy_.organisation, Layer::organisation);
    apply_grants();
  }
  decision_.granted = !denied_ && !decision_.prompt;
  decision_.prompt = decision_.prompt && !denied_;
  Outcome outcome{std::move(decision_), std::nullopt};
  if (outcome.decision.granted) outcome.grant = std::move(grant_);
  return outcome;
}

void CapabilityResolver::ask(const CapabilityRequest& request) {
  const Origin origin{Layer::manifest, request.where};
  const std::string verb = decision_.required ? "requires " : "can use ";
  if (entry_ == nullptr) {
    note(origin, Effect::asks, "the manifest " + verb + request.id);
    refuse({Layer::host, {}}, "this host has no capability " + shown(request.id));
    return;
  }
  const ScopeSet asked = meant(request.has_allow, request.allow, *entry_);
  note(origin, Effect::asks, "the manifest " + verb + request.id + ": " + describe(asked, *entry_));
  if (refused_ != nullptr) refuse(refused_->origin, refused_->text);
  if (!asked.everything && asked.rules.empty()) {
    refuse(origin, "the manifest allows itself nothing of " + request.id + "; \"*\" would be everything");
  }
  allow(asked);
  deny(request.deny, "the manifest");
}

void CapabilityResolver::apply_rules(const std::vector<PolicyRule>& rules, Layer layer) {
  for (const PolicyRule& rule : rules) {
    if (!is_about(rule.match, manifest_, Prereleases::included)) continue;
    locked_ = locked_ || rule.locked;
    if (rule.max) apply_max(rule, layer);
    for (const ScopedCapability& denied : rule.deny) {
      if (!capability_matches(denied.pattern, decision_.capability)) continue;
      ScopeSet set = denied.scope;
      set.origin.layer = layer;
      deny(set, name_of(layer));
    }
  }
}

void CapabilityResolver::apply_max(const PolicyRule& rule, Layer layer) {
  ScopeSet most{{layer, rule.where}, false, {}};
  for (const std::string& name : *rule.max) {
    const auto set = policy_.sets.find(name);
    if (set == policy_.sets.end()) continue;
    for (const ScopedCapability& capability : set->second) {
      if (!capability_matches(capability.pattern, decision_.capability)) continue;
      const ScopeSet part = meant(capability.has_scope, capability.scope, *entry_);
      most.everything = most.everything || part.everything;
      most.rules.insert(most.rules.end(), part.rules.begin(), part.rules.end());
    }
  }
  if (most.everything) most.rules.clear();
  if (!most.everything && most.rules.empty()) {
    return refuse(most.origin,
                  std::string(name_of(layer)) + " does not list " + decision_.capability + " in max");
  }
  note(most.origin, Effect::narrows,
       std::string(name_of(layer)) + " allows at most " + describe(most, *entry_));
  allow(most);
}

std::optional<std::string> CapabilityResolver::void_because(const Policy::UserGrant& grant) const {
  if (!is_about(grant.match, manifest_, Prereleases::named_only)) {
    return "the grant is for another publisher's key or version of the plugin";
  }
  if (grant.expires && is_reached(*grant.expires, context_.now)) return "the grant has expired";
  const bool passing =
      grant.lifetime == Policy::Lifetime::once || grant.lifetime == Policy::Lifetime::session;
  if (grant.persisted && passing) return "the grant was for a session that is over";
  if (grant.lifetime == Policy::Lifetime::workspace && !is_workspace(grant.workspace, context_.workspace)) {
    return grant.workspace.empty() ? "the grant is for a workspace and does not say which"
                                   : "the grant is for the workspace " + grant.workspace;
  }
  return std::nullopt;
}

// What several grants give is added up; what any of them denies is denied.
void CapabilityResolver::apply_grants() {
  ScopeSet given{{Layer::grant, {}}, false, {}};
  for (const Policy::UserGrant& grant : policy_.grants) {
    if (!glob_matches(grant.match.plugin, manifest_.id)) continue;
    if (!capability_matches(grant.capability.pattern, decision_.capability)) continue;
    const Origin origin{Layer::grant, grant.where};
    if (const auto reason = void_because(grant)) {
      note(origin, Effect::asks, *reason + ", so it does not count");
      continue;
    }
    const ScopeSet part = meant(grant.capability.has_scope, grant.capability.scope, *entry_);
    note(origin, Effect::allows, "the user's grant allows " + describe(part, *entry_));
    given.origin.where = given.origin.where.line == 0 ? grant.where : given.origin.where;
    given.everything = given.everything || part.everything;
    given.rules.insert(given.rules.end(), part.rules.begin(), part.rules.end());
    deny(grant.deny, name_of(Layer::grant));
  }
  if (given.everything) given.rules.clear();
  if (!given.everything && given.rules.empty()) return apply_defaults();
  allow(given);
}

void CapabilityResolver::apply_defaults() {
  const std::string field = decision_.required ? "unlisted" : "optional";
  const auto said = policy_.defaults.said.find(field);
  const bool found = said != policy_.defaults.said.end();
  const Origin origin{Layer::defaults, found ? said->second : policy_.defaults.where};
  Policy::Verdict verdict = decision_.required ? policy_.defaults.unlisted : policy_.defaults.optional;
  std::string why = "no grant covers it and defaults." + field + " says ";
  if (verdict == Policy::Verdict::prompt && locked_) {
    return refuse(origin, why + "prompt, but a locked rule leaves the user nothing to decide");
  }
  if (verdict == Policy::Verdict::prompt && context_.can_prompt) {
    decision_.prompt = true;
    return note(origin, Effect::denies, why + "prompt: the user has to be asked first");
  }
  if (verdict == Policy::Verdict::prompt) {
    verdict = policy_.defaults.no_ui;
    why += "prompt, nobody can be asked and defaults.no_ui says ";
  }
  if (verdict == Policy::Verdict::allow) return note(origin, Effect::allows, why + "allow");
  refuse(origin, why + "deny");
}

void CapabilityResolver::allow(const ScopeSet& set) { grant_.allow.push_back(set); }

void CapabilityResolver::deny(const ScopeSet& set, std::string_view who) {
  if (!set.everything && set.rules.empty()) return;
  const std::string subject(who);
  if (set.everything) return refuse(set.origin, subject + " denies " + decision_.capability);
  ScopeSet denied{set.origin, false, {}};
  for (const ScopeRule& rule : set.rules) {
    std::string complaint;
    auto good = typed_rule(rule, *entry_, RuleUse::deny, [&](const SourceLocation&, std::string message) {
      complaint = std::move(message);
    });
    // A denial that cannot be understood is not dropped: it denies all it could have meant.
    if (!good || good->fields.empty()) {
      return refuse({set.origin.layer, rule.where}, subject + " denies " + decision_.capability +
                                                        " in words that do not fit it: " + complaint);
    }
    denied.rules.push_back(*std::move(good));
  }
  note(set.origin, Effect::narrows, subject + " denies " + describe(denied, *entry_));
  grant_.deny.push_back(std::move(denied));
}

void CapabilityResolver::refuse(const Origin& origin, std::string text) {
  denied_ = true;
  note(origin, Effect::denies, std::move(text));
}

void CapabilityResolver::note(const Origin& origin, Effect effect, std::string text) {
  decision_.steps.push_back({origin, effect, escape_controls(text)});
}

}  // namespace cloche
