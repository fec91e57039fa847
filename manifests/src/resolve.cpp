#include <cloche/resolve.h>

#include "plugin_match.h"
#include "resolve_capability.h"

#include <algorithm>

namespace cloche {
namespace {

// Limits that no layer speaks of keep their defaults; of those that layers speak of, the smallest counts.
class LimitResolver {
 public:
  void add(const LimitRequests& requests) {
    each_limit([&](std::string_view, auto request, auto) {
      const auto& said = requests.*request;
      auto& least = least_.*request;
      if (said && (!least || *said < *least)) least = said;
    });
  }

  [[nodiscard]] Limits take() const {
    Limits limits;
    each_limit([&](std::string_view, auto request, auto limit) {
      if (const auto& least = least_.*request) limits.*limit = *least;
    });
    return limits;
  }

 private:
  LimitRequests least_;
};

void apply_layers(const Manifest& manifest, const Policy& policy, Grants& grants) {
  LimitResolver limits;
  limits.add(manifest.limits);
  grants.isolation = std::max(manifest.isolation, policy.defaults.isolation_at_least);
  for (const auto* rules : {&policy.ceiling, &policy.organisation}) {
    for (const PolicyRule& rule : *rules) {
      if (!is_about(rule.match, manifest, VersionRange::Prereleases::included)) continue;
      limits.add(rule.limits);
      grants.isolation = std::max(grants.isolation, rule.isolation_at_least.value_or(Isolation::context));
    }
  }
  grants.limits = limits.take();
}

std::optional<DecisionStep> revocation(const Manifest& manifest, const Policy& policy) {
  for (const Policy::Revocation& revoked : policy.revoked) {
    if (!is_about(revoked.match, manifest, VersionRange::Prereleases::included)) continue;
    const std::string range =
        revoked.match.version ? " in the versions " + revoked.match.version->text() : "";
    return DecisionStep{{Layer::revocation, revoked.where},
                        DecisionStep::Effect::denies,
                        "the plugin " + manifest.id + " is revoked" + range};
  }
  return std::nullopt;
}

std::string_view advice(Layer layer) {
  switch (layer) {
    case Layer::manifest: return "correct the manifest's entry";
    case Layer::ceiling: return "ask for less in the manifest, or have the host's author raise the ceiling";
    case Layer::organisation:
      return "ask for less in the manifest, or have the organisation's policy changed";
    case Layer::grant: return "have the user grant it";
    case Layer::defaults: return "add a grant for it to the policy";
    case Layer::host: return "leave the entry out, or use a host that offers it";
    case Layer::revocation: return "remove the plugin, or use a version that is not revoked";
  }
  return "see the policy";
}

std::string sentence(std::string subject, const DecisionStep& step) {
  subject += step.text;
  if (step.origin.where.line != 0 && step.origin.layer != Layer::manifest) {
    subject += " (" + to_string(step.origin.where) + ")";
  }
  return subject + "; " + std::string(advice(step.origin.layer));
}

}  // namespace

Grants resolve(const Manifest& manifest, const Policy& policy, const Catalogue& catalogue,
               const ResolveContext& context) {
  Grants grants;
  grants.plugin = manifest.id;
  grants.version = to_string(manifest.version);
  grants.refused = revocation(manifest, policy);
  apply_layers(manifest, policy, grants);
  CapabilityResolver resolver(manifest, policy, catalogue, context,
                              grants.refused ? &*grants.refused : nullptr);
  const auto add = [&](const std::vector<CapabilityRequest>& requests, bool required) {
    for (const CapabilityRequest& request : requests) {
      CapabilityResolver::Outcome outcome = resolver.resolve(request, required);
      grants.decisions.push_back(std::move(outcome.decision));
      if (outcome.grant) grants.granted.push_back(*std::move(outcome.grant));
    }
  };
  add(manifest.required, true);
  add(manifest.optional, false);
  return grants;
}

std::optional<Error> missing_required(const Grants& grants) {
  if (grants.refused)
    return Error(Errc::not_capable, sentence("", *grants.refused)).at(grants.refused->origin.where);
  std::vector<Error> errors;
  for (const Decision& decision : grants.decisions) {
    if (!decision.required || decision.granted) continue;
    const auto step = std::find_if(
        decision.steps.begin(), decision.steps.end(),
        [](const DecisionStep& candidate) { return candidate.effect == DecisionStep::Effect::denies; });
    if (step == decision.steps.end()) continue;
    errors.push_back(
        Error(Errc::not_capable,
              sentence("the required capability '" + decision.capability + "' is not granted: ", *step))
            .at(decision.steps.front().origin.where));
  }
  if (errors.empty()) return std::nullopt;
  std::vector<Error> more(std::next(errors.begin()), errors.end());
  return std::move(errors.front()).with_more(std::move(more));
}

}  // namespace cloche
