#pragma once

#include <cloche/resolve.h>
#include <optional>

namespace cloche {

/// One capability on its way through the layers.
class CapabilityResolver {
 public:
  /// Everything must outlive the resolver. `refused` is why the plugin as a whole is refused, or null.
  CapabilityResolver(const Manifest& manifest, const Policy& policy, const Catalogue& catalogue,
                     const ResolveContext& context, const DecisionStep* refused)
      : manifest_(manifest), policy_(policy), catalogue_(catalogue), context_(context), refused_(refused) {}

  struct Outcome {
    Decision decision;
    std::optional<Grant> grant;
  };

  [[nodiscard]] Outcome resolve(const CapabilityRequest& request, bool required);

 private:
  void ask(const CapabilityRequest& request);
  void apply_rules(const std::vector<PolicyRule>& rules, Layer layer);
  void apply_max(const PolicyRule& rule, Layer layer);
  void apply_grants();
  void apply_defaults();

  void allow(const ScopeSet& set);
  void deny(const ScopeSet& set, std::string_view who);
  void refuse(const Origin& origin, std::string text);
  void note(const Origin& origin, DecisionStep::Effect effect, std::string text);
  [[nodiscard]] std::optional<std::string> void_because(const Policy::UserGrant& grant) const;

  const Manifest& manifest_;
  const Policy& policy_;
  const Catalogue& catalogue_;
  const ResolveContext& context_;
  const DecisionStep* refused_;

  const CatalogueEntry* entry_ = nullptr;
  Decision decision_;
  Grant grant_;
  bool denied_ = false;
  bool locked_ = false;
};

}  // namespace cloche
