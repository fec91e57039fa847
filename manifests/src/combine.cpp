#include "same_scope.h"
#include "shown.h"

#include <algorithm>
#include <cloche/policy.h>
#include <iterator>
#include <utility>

namespace cloche {
namespace {

using Verdict = Policy::Verdict;
using Defaults = Policy::Defaults;

int strictness(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::allow: return 0;
    case Verdict::prompt: return 1;
    case Verdict::deny: return 2;
  }
  return 2;
}

// Takes what `said` gives for one field, where nothing was said before or it is stricter.
void take_verdict(Defaults& into, bool& any, const Defaults& said, Verdict Defaults::*field,
                  const char* name) {
  const auto place = said.said.find(name);
  if (place == said.said.end() && said.*field == Defaults().*field) return;
  if (any && strictness(said.*field) <= strictness(into.*field)) return;
  any = true;
  into.*field = said.*field;
  into.said.erase(name);
  if (place != said.said.end()) into.said.emplace(name, place->second);
}

class Combination {
 public:
  Result<void> add(Policy policy) {
    add_defaults(policy.defaults);
    if (auto good = add_sets(policy); !good) return good;
    append(out_.ceiling, policy.ceiling);
    append(out_.organisation, policy.organisation);
    append(out_.grants, policy.grants);
    append(out_.revoked, policy.revoked);
    append(out_.accepted, policy.accepted);
    const bool first = out_.audit.events.empty() || !policy.audit.file.empty();
    if (out_.audit.file.empty() && first) out_.audit = std::move(policy.audit);
    return {};
  }

  Policy take() { return std::move(out_); }

 private:
  template <class T>
  static void append(std::vector<T>& to, std::vector<T>& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  }

  void add_defaults(const Defaults& said) {
    take_verdict(out_.defaults, unlisted_, said, &Defaults::unlisted, "unlisted");
    take_verdict(out_.defaults, optional_, said, &Defaults::optional, "optional");
    take_verdict(out_.defaults, prompt_timeout_, said, &Defaults::prompt_timeout, "prompt_timeout");
    take_verdict(out_.defaults, no_ui_, said, &Defaults::no_ui, "no_ui");
    if (out_.defaults.where.line == 0) out_.defaults.where = said.where;
    if (said.isolation_at_least <= out_.defaults.isolation_at_least) return;
    out_.defaults.isolation_at_least = said.isolation_at_least;
    const auto place = said.said.find("isolation_at_least");
    if (place != said.said.end()) out_.defaults.said["isolation_at_least"] = place->second;
  }

  Result<void> add_sets(Policy& policy) {
    for (auto& [name, set] : policy.sets) {
      const SourceLocation place = policy.set_places[name];
      const auto known = out_.sets.find(name);
      if (known == out_.sets.end()) {
        out_.sets.emplace(name, std::move(set));
        out_.set_places.emplace(name, place);
      } else if (!std::equal(known->second.begin(), known->second.end(), set.begin(), set.end(),
                             same_capability)) {
        return clash(name, place);
      }
    }
    return {};
  }

  [[nodiscard]] Error clash(const std::string& name, const SourceLocation& place) const {
    const std::string first = to_string(out_.set_places.at(name));
    return Error(Errc::policy_invalid, "the set " + shown(name) + " is another one in " +
                                           (first.empty() ? "a policy before this" : first) +
                                           "; give one of the two another name, or make them the same")
        .at(place);
  }

  Policy out_;
  bool unlisted_ = false;
  bool optional_ = false;
  bool prompt_timeout_ = false;
  bool no_ui_ = false;
};

}  // namespace

Result<Policy> Policy::combine(std::vector<Policy> policies) {
  Combination combination;
  for (Policy& policy : policies) {
    if (auto added = combination.add(std::move(policy)); !added) return added.error();
  }
  return combination.take();
}

}  // namespace cloche
