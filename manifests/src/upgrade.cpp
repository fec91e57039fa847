#include <cloche/upgrade.h>

#include "scope_order.h"
#include "scope_types.h"

#include <algorithm>
#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <utility>

namespace cloche {
namespace {

using Kind = CapabilityChange::Kind;
using Verdict = Upgrade::Verdict;

struct Request {
  const CapabilityRequest* asked = nullptr;
  bool required = false;
};

template <class Requests>
Request find(const Requests& of, std::string_view id) {
  for (const bool required : {true, false}) {
    const auto& list = required ? of.required : of.optional;
    const auto found = std::ranges::find(list, id, &CapabilityRequest::id);
    if (found != list.end()) return {&*found, required};
  }
  return {};
}

class Comparison {
 public:
  Comparison(const AcceptedManifest& accepted, const Manifest& next, const Catalogue& catalogue)
      : accepted_(accepted), next_(next), catalogue_(catalogue) {}

  Upgrade take() {
    for (const CapabilityRequest& request : next_.required) compare(request, true);
    for (const CapabilityRequest& request : next_.optional) compare(request, false);
    for (const CapabilityRequest& request : accepted_.required) look_for(request);
    for (const CapabilityRequest& request : accepted_.optional) look_for(request);
    judge();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_same_plugin() const {
    return accepted_.plugin == next_.id && accepted_.publisher_key == next_.publisher.key;
  }

  void compare(const CapabilityRequest& request, bool required) {
    const Request old = is_same_plugin() ? find(accepted_, request.id) : Request{};
    if (old.asked == nullptr) return add_new(request, required);
    const CatalogueEntry* entry = catalogue_.find(request.id);
    const bool more = !is_within(request, *old.asked, entry);
    const bool less = !is_within(*old.asked, request, entry);
    if (more || (required && !old.required)) {
      add(request, Kind::wider, wider(*old.asked, request, more));
      consent_ = consent_ || required;
    } else if (less || (old.required && !required)) {
      add(request, Kind::narrower, less ? "asks for less: " + what(request) : "is optional now");
    } else {
      add(request, Kind::unchanged, "asks for what was accepted");
    }
  }

  void add_new(const CapabilityRequest& request, bool required) {
    add(request, required ? Kind::new_required : Kind::new_optional,
        (required ? "is new and required: " : "is new and optional: ") + what(request));
    consent_ = consent_ || required;
  }

  [[nodiscard]] std::string wider(const CapabilityRequest& old, const CapabilityRequest& request,
                                  bool more) const {
    if (!more) return "was optional and is required now";
    return "asks for more, or for what cannot be compared: " + what(request) + ", where " + what(old) +
           " was accepted";
  }

  void look_for(const CapabilityRequest& old) {
    if (!is_same_plugin() || find(next_, old.id).asked != nullptr) return;
    add(old, Kind::removed, "is not asked for any more");
  }

  // What a request asks for, from what would be enforced.
  [[nodiscard]] std::string what(const CapabilityRequest& request) const {
    const CatalogueEntry* entry = catalogue_.find(request.id);
    if (entry == nullptr) return "a capability that this host does not have";
    std::string text = describe(meant(request.has_allow, request.allow, *entry), *entry);
    const bool denies = request.deny.everything || !request.deny.rules.empty();
    return denies ? text + ", but not " + describe(request.deny, *entry) : text;
  }

  void add(const CapabilityRequest& request, Kind kind, const std::string& text) {
    out_.changes.push_back({request.id, kind, request.id + " " + text, request.where});
  }

  void judge() {
    if (!is_same_plugin()) {
      out_.verdict = Verdict::other_publisher;
      out_.text = accepted_.plugin == next_.id ? "its publisher's key is another one, so that it counts as "
                                                 "another plugin: whatever was granted "
                                                 "before does not hold"
                                               : "its id is another one, so that it is another plugin";
    } else if (consent_) {
      out_.verdict = Verdict::needs_consent;
      out_.text = "it requires more than was accepted, so that a user has to accept it first";
    } else {
      out_.text = "it requires no more than was accepted";
    }
  }

  const AcceptedManifest& accepted_;
  const Manifest& next_;
  const Catalogue& catalogue_;
  Upgrade out_;
  bool consent_ = false;
};

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::unchanged: return "unchanged";
    case Kind::narrower: return "narrower";
    case Kind::wider: return "wider";
    case Kind::new_optional: return "new_optional";
    case Kind::new_required: return "new_required";
    case Kind::removed: return "removed";
  }
  return "wider";
}

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::silent: return "silent";
    case Verdict::needs_consent: return "needs_consent";
    case Verdict::other_publisher: return "other_publisher";
  }
  return "needs_consent";
}

Upgrade compare(const AcceptedManifest& accepted, const Manifest& next, const Catalogue& catalogue) {
  return Comparison(accepted, next, catalogue).take();
}

Upgrade compare(const Manifest& accepted, const Manifest& next, const Catalogue& catalogue) {
  return compare(cloche::accepted(accepted), next, catalogue);
}

}  // namespace cloche
