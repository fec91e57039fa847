#include "rights/rights_desk.h"

#include "instance.h"

#include <algorithm>
#include <cloche/resolve.h>

namespace cloche {
namespace {

using Lifetime = Policy::Lifetime;
using Verdict = Policy::Verdict;

constexpr auto kInline = [](const std::function<void()>& job) { job(); };

const CapabilityRequest* request_of(const Manifest& manifest, std::string_view capability) {
  for (const auto* requests : {&manifest.required, &manifest.optional}) {
    const auto found = std::ranges::find(*requests, capability, &CapabilityRequest::id);
    if (found != requests->end()) return &*found;
  }
  return nullptr;
}

// What the user's answer to a request comes to: all that was shown, or none of it.
Policy::UserGrant grant_of(const Manifest& manifest, const CapabilityRequest& request,
                           const ConsentAnswer& answer, const std::string& workspace) {
  Policy::UserGrant grant = grant_for(manifest, request, answer.lifetime, workspace);
  if (answer.allowed) {
    grant.expires = answer.expires;
    return grant;
  }
  grant.capability.has_scope = true;
  grant.capability.scope = {};
  grant.deny = {};
  grant.deny.everything = true;
  return grant;
}

std::string words_of(const ConsentAnswer& answer) {
  const char* const lifetimes[] = {"once", "for the session", "for the workspace", "always"};
  return std::string(answer.allowed ? "allowed " : "denied ") + lifetimes[static_cast<int>(answer.lifetime)];
}

}  // namespace

RightsDesk::RightsDesk(Parts parts) : parts_(std::move(parts)), policy_(parts_.policy) {}

// What counts once counts for the instance that asked; for one that is about to be made, where nobody ran.
Policy RightsDesk::policy_of(const Instance* instance) const {
  Policy policy = parts_.grants ? with_grants(policy_, *parts_.grants) : policy_;
  policy.grants.insert(policy.grants.end(), session_.begin(), session_.end());
  for (const Once& once : once_) {
    const bool counts = instance == nullptr ? !once.taken : once.instance.lock().get() == instance;
    if (counts) policy.grants.push_back(once.grant);
  }
  return policy;
}

Grants RightsDesk::resolve_locked(const Manifest& manifest, const Policy& policy) const {
  const bool can_prompt = parts_.consent != nullptr && parts_.consent->present();
  Grants grants = cloche::resolve(manifest, policy, parts_.catalogue,
                                  {std::chrono::system_clock::now(), can_prompt, parts_.workspace});
  for (Decision& decision : grants.decisions) {
    const bool taken = std::ranges::any_of(revoked_, [&](const auto& revoked) {
      return revoked.first == manifest.id && capability_matches(revoked.second, decision.capability);
    });
    if (!taken) continue;
    decision.granted = decision.prompt = false;
    decision.steps.push_back({{Layer::revocation, {}}, DecisionStep::Effect::denies, "it was revoked"});
    std::erase_if(grants.granted,
                  [&](const Grant& grant) { return grant.capability == decision.capability; });
  }
  return grants;
}

Grants RightsDesk::resolve(const Manifest& manifest) const {
  const std::scoped_lock lock(mutex_);
  return resolve_locked(manifest, policy_of(nullptr));
}

Grants RightsDesk::resolve_asking(const Manifest& manifest) {
  Grants grants = resolve(manifest);
  if (grants.refused) return grants;
  const auto shared = std::make_shared<const Manifest>(manifest);
  bool asked = false;
  for (const Decision& decision : grants.decisions) {
    if (!decision.required || !decision.prompt) continue;
    static_cast<void>(ask_for(shared, nullptr, decision.capability).answer.get());
    asked = true;
  }
  return asked ? resolve(manifest) : grants;
}

std::optional<AcceptedManifest> RightsDesk::accepted_of(const std::string& plugin) const {
  if (parts_.grants) return parts_.grants->accepted(plugin);
  const std::scoped_lock lock(mutex_);
  const auto found = accepted_.find(plugin);
  return found == accepted_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> RightsDesk::accept(const Manifest& manifest) {
  if (!parts_.grants && !parts_.consent) return {};
  const auto before = accepted_of(manifest.id);
  if (before && !manifest.digest.empty() && before->manifest_digest == manifest.digest) return {};
  if (before) {
    const Upgrade upgrade = compare(*before, manifest, parts_.catalogue);
    if (upgrade.verdict == Upgrade::Verdict::other_publisher)
      return Error(Errc::not_capable, upgrade.text).at(manifest.where);
    if (upgrade.verdict == Upgrade::Verdict::needs_consent) {
      if (auto asked = ask_for_upgrade(manifest, upgrade); !asked) return asked;
    }
  }
  if (parts_.grants) return parts_.grants->accept(accepted(manifest));
  const std::scoped_lock lock(mutex_);
  accepted_[manifest.id] = accepted(manifest);
  return {};
}

// For each thing that it requires and did not before.
Result<void> RightsDesk::ask_for_upgrade(const Manifest& manifest, const Upgrade& upgrade) {
  using Kind = CapabilityChange::Kind;
  const auto shared = std::make_shared<const Manifest>(manifest);
  for (const CapabilityChange& change : upgrade.changes) {
    const bool required =
        std::ranges::count(manifest.required, change.capability, &CapabilityRequest::id) > 0;
    if (!required || (change.kind != Kind::wider && change.kind != Kind::new_required)) continue;
    const auto answer = ask_for(shared, nullptr, change.capability, Again::yes).answer.get();
    if (answer && *answer == Permission::granted) continue;
    return Error(Errc::not_capable, "the new version requires more than was accepted: " + change.text)
        .at(change.where);
  }
  return {};
}

void RightsDesk::add(const std::shared_ptr<Instance>& instance) {
  Grants grants;
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(instances_, [](const auto& weak) { return weak.expired(); });
    instances_.push_back(instance);
    for (Once& once : once_) {
      if (once.taken || once.grant.match.plugin != instance->info().id) continue;
      once.instance = instance;
      once.taken = true;
    }
    grants = resolve_locked(instance->manifest(), policy_of(instance.get()));
  }
  instance->regrant(std::move(grants));
}

Grants RightsDesk::resolve_for(const Instance& instance) const {
  const std::scoped_lock lock(mutex_);
  return resolve_locked(instance.manifest(), policy_of(&instance));
}

std::chrono::system_clock::time_point RightsDesk::next_expiry() const {
  using Time = std::chrono::system_clock::time_point;
  const std::scoped_lock lock(mutex_);
  const Time now = std::chrono::system_clock::now();
  Time next = Time::max();
  const Policy policy = policy_of(nullptr);
  for (const Policy::UserGrant& grant : policy.grants) {
    if (grant.expires && *grant.expires > now) next = std::min<Time>(next, *grant.expires);
  }
  return next;
}

std::vector<std::shared_ptr<Instance>> RightsDesk::instances_locked() {
  std::vector<std::shared_ptr<Instance>> all;
  for (const auto& weak : instances_) {
    if (auto instance = weak.lock()) all.push_back(std::move(instance));
  }
  return all;
}

// Of this id; of every one, where there is none.
void RightsDesk::tell_instances(std::string_view plugin) {
  std::vector<std::pair<std::shared_ptr<Instance>, Grants>> changes;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& instance : instances_locked()) {
      if (!plugin.empty() && instance->info().id != plugin) continue;
      Grants grants = resolve_locked(instance->manifest(), policy_of(instance.get()));
      changes.emplace_back(std::move(instance), std::move(grants));
    }
  }
  for (auto& [instance, grants] : changes) instance->regrant(std::move(grants));
}

void RightsDesk::set_policy(Policy policy) {
  {
    const std::scoped_lock lock(mutex_);
    policy_ = std::move(policy);
  }
  tell_instances({});
}

Result<void> RightsDesk::grant(Policy::UserGrant grant) {
  const std::string plugin = grant.match.plugin;
  const bool kept = grant.lifetime == Lifetime::workspace || grant.lifetime == Lifetime::always;
  if (parts_.grants && kept) {
    if (auto added = parts_.grants->add(grant); !added) return added;
  }
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(revoked_, [&](const auto& revoked) {
      return revoked.first == plugin && capability_matches(revoked.second, grant.capability.pattern);
    });
    if (!parts_.grants || !kept) session_.push_back(std::move(grant));
  }
  tell_instances(plugin.find('*') == std::string::npos ? plugin : std::string());
  return {};
}

Result<void> RightsDesk::revoke(std::string_view plugin, std::string_view capability) {
  std::vector<std::shared_ptr<Instance>> all;
  {
    const std::scoped_lock lock(mutex_);
    revoked_.emplace_back(plugin, capability);
    std::erase_if(session_, [&](const Policy::UserGrant& grant) {
      return grant.match.plugin == plugin && capability_matches(capability, grant.capability.pattern);
    });
    all = instances_locked();
  }
  for (const auto& instance : all) {
    if (instance->info().id == plugin) instance->revoke(capability);
  }
  tell_instances(plugin);
  if (!parts_.grants) return {};
  const auto removed = parts_.grants->remove(plugin, capability);
  return removed ? Result<void>() : Result<void>(removed.error());
}

Result<void> RightsDesk::refresh() {
  if (!parts_.grants) return {};
  const auto read = parts_.grants->refresh();
  if (!read) return read.error();
  if (*read) tell_instances({});
  return {};
}

// The grant that would be enforced if the answer were yes, which is what the user is shown.
std::optional<ConsentRequest> RightsDesk::request_for(const Manifest& manifest,
                                                      const std::string& capability) const {
  const CapabilityRequest* const request = request_of(manifest, capability);
  if (request == nullptr) return std::nullopt;
  Policy policy = policy_of(nullptr);
  policy.grants.push_back(grant_of(manifest, *request, {true, Lifetime::session}, {}));
  const Grants grants = resolve_locked(manifest, policy);
  const Grant* const grant = grants.find(capability);
  if (grant == nullptr) return std::nullopt;
  const CatalogueEntry& entry = *parts_.catalogue.find(capability);
  return ConsentRequest{render(manifest, *grant, entry), *grant, grants.decision(capability)->required};
}

RightsDesk::Question RightsDesk::ask(const std::shared_ptr<Instance>& instance, std::string_view capability) {
  return ask_for(std::make_shared<const Manifest>(instance->manifest()), instance, std::string(capability));
}

// A question that is under way is not asked again, and neither is one whose answer the instance has not heard of yet.
RightsDesk::Question RightsDesk::ask_for(std::shared_ptr<const Manifest> manifest,
                                         const std::shared_ptr<Instance>& instance,
                                         const std::string& capability, Again again) {
  const Promise<Permission> answered;
  std::optional<ConsentRequest> request;
  std::optional<Grants> known;
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    const Key key{manifest->id, capability};
    const auto same =
        std::ranges::find_if(pending_, [&](const auto& each) { return each.second.key == key; });
    if (same != pending_.end()) {
      same->second.waiting.push_back(answered);
      return {answered.future(), same->first};
    }
    Grants now = resolve_locked(*manifest, policy_of(instance.get()));
    const Decision* const decision = now.decision(capability);
    const bool open = decision != nullptr && (decision->prompt || again == Again::yes);
    request = open && parts_.consent ? request_for(*manifest, capability) : std::nullopt;
    if (request) {
      ticket = ++last_ticket_;
      pending_.emplace(ticket, Pending{key, std::move(manifest), instance, {answered}});
    } else {
      known = std::move(now);
    }
  }
  if (known) {
    const bool granted = known->find(capability) != nullptr;
    if (instance) instance->regrant(std::move(*known));
    return {Result<Permission>(granted ? Permission::granted : Permission::denied), 0};
  }
  parts_.consent->ask(*request).then(kInline,
                                     [self = shared_from_this(), ticket](const Result<ConsentAnswer>& given) {
                                       self->answer(ticket, given);
                                     });
  return {answered.future(), ticket};
}

void RightsDesk::time_out(std::uint64_t ticket) {
  answer(ticket, Error(Errc::cancelled, "nobody answered in time"));
}

ConsentAnswer RightsDesk::answer_of(const Result<ConsentAnswer>& answer) const {
  if (answer) return *answer;
  return {policy_.defaults.prompt_timeout == Verdict::allow, Lifetime::session};
}

// Until the answer is kept, whoever asks for the same waits for it.
void RightsDesk::answer(std::uint64_t ticket, const Result<ConsentAnswer>& given) {
  std::optional<Pending> pending;
  ConsentAnswer answer;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = pending_.find(ticket);
    if (found == pending_.end() || std::exchange(found->second.answered, true)) return;  // it was too late
    pending = found->second;
    answer = answer_of(given);
  }
  keep(*pending, answer);
  note(AuditEvent::Kind::prompt, *pending->manifest, pending->key.second, words_of(answer));
  {
    const std::scoped_lock lock(mutex_);
    pending = std::move(pending_.extract(ticket).mapped());
  }
  tell_instances(pending->key.first);
  for (const auto& waiting : pending->waiting)
    waiting.settle(answer.allowed ? Permission::granted : Permission::denied);
}

// Where it cannot be kept in the file it counts for the session.
void RightsDesk::keep(const Pending& pending, const ConsentAnswer& answer) {
  const CapabilityRequest& request = *request_of(*pending.manifest, pending.key.second);
  Policy::UserGrant grant = grant_of(*pending.manifest, request, answer, parts_.workspace);
  const bool lasts = answer.lifetime == Lifetime::workspace || answer.lifetime == Lifetime::always;
  if (parts_.grants && lasts && parts_.grants->add(grant)) return;
  if (lasts) grant.lifetime = Lifetime::session;
  const std::scoped_lock lock(mutex_);
  std::erase_if(once_, [](const Once& once) { return once.taken && once.instance.expired(); });
  if (answer.lifetime != Lifetime::once) return session_.push_back(std::move(grant));
  const bool runs = !pending.instance.expired();
  once_.push_back({pending.instance, std::move(grant), runs});
}

void RightsDesk::note(AuditEvent::Kind kind, const Manifest& manifest, std::string_view capability,
                      std::string_view why) const {
  if (parts_.audit == nullptr || !parts_.audit->wants(kind)) return;
  const std::string version = to_string(manifest.version);
  AuditEvent event;
  event.kind = kind;
  event.time = std::chrono::system_clock::now();
  event.plugin = manifest.id;
  event.version = version;
  event.capability = capability;
  event.rule = why;
  parts_.audit->record(event);
}

}  // namespace cloche
