#include "policy_reader.h"

#include "../shown.h"

#include <cloche/text.h>
#include <cloche/units.h>

namespace cloche::read {

using yaml::Node;
using Verdict = Policy::Verdict;

Policy PolicyReader::read(const Node& root) {
  if (const Node* defaults = root.find("defaults")) read_defaults(*defaults);
  if (const Node* sets = root.find("sets")) read_sets(*sets);
  for (const Node& item : items(root, "ceiling")) out_.ceiling.push_back(rule(item, Layer::ceiling));
  for (const Node& item : items(root, "organisation"))
    out_.organisation.push_back(rule(item, Layer::organisation));
  for (const Node& item : items(root, "grants")) out_.grants.push_back(grant(item));
  for (const Node& item : items(root, "revoked")) {
    out_.revoked.push_back({reader_.match(item), reader_.where(item)});
  }
  for (const Node& item : items(root, "accepted")) out_.accepted.push_back(accepted(item));
  if (const Node* audit = root.find("audit")) {
    out_.audit = {reader_.text(*audit, "file"), reader_.texts(*audit, "events")};
  }
  return std::move(out_);
}

Verdict PolicyReader::verdict(const Node& map, std::string_view key, Verdict otherwise) {
  return Reader::choice(
      map, key, {{"deny", Verdict::deny}, {"allow", Verdict::allow}, {"prompt", Verdict::prompt}}, otherwise);
}

void PolicyReader::read_defaults(const Node& node) {
  Policy::Defaults& defaults = out_.defaults;
  defaults.unlisted = verdict(node, "unlisted", defaults.unlisted);
  defaults.optional = verdict(node, "optional", defaults.optional);
  defaults.prompt_timeout = verdict(node, "prompt_timeout", defaults.prompt_timeout);
  defaults.no_ui = verdict(node, "no_ui", defaults.no_ui);
  defaults.isolation_at_least = reader_.isolation(node, "isolation_at_least").value_or(Isolation::context);
  defaults.where = reader_.where(node);
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    defaults.said.emplace(node.keys[i].text, reader_.where(node.items[i]));
  }
}

void PolicyReader::read_sets(const Node& node) {
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const yaml::Key& name = node.keys[i];
    if (auto complaint = check_set_name(name.text)) reader_.complain(name, std::move(*complaint));
    std::vector<ScopedCapability>& set = out_.sets[name.text];
    out_.set_places[name.text] = reader_.where(name);
    for (const Node& item : node.items[i].items)
      set.push_back(scoped(item, "id", item.find("allow"), Layer::ceiling));
  }
}

ScopedCapability PolicyReader::scoped(const Node& item, std::string_view id, const Node* scope, Layer layer) {
  ScopedCapability capability;
  capability.pattern = reader_.text(item, id, check_capability_pattern);
  capability.has_scope = scope != nullptr;
  capability.scope = reader_.scope(scope, layer);
  if (scope == nullptr) capability.scope.origin.where = reader_.where(item);
  return capability;
}

// What a deny entry denies: the rules of allow_none_of, one rule of the fields beside it, or without either
// everything.
ScopedCapability PolicyReader::deny(const Node& item, Layer layer) {
  const Node* rules = item.find("allow_none_of");
  ScopedCapability denied = scoped(item, "id", rules, layer);
  denied.scope.origin.where = reader_.where(item);
  ScopeRule beside = reader_.rule(item, {"id", "allow_none_of"});
  if (!beside.fields.empty()) {
    denied.scope.rules.push_back(std::move(beside));
  } else if (rules == nullptr) {
    denied.scope.everything = true;
  }
  denied.has_scope = true;
  return denied;
}

PolicyRule PolicyReader::rule(const Node& item, Layer layer) {
  PolicyRule rule;
  if (const Node* match = item.find("match")) rule.match = reader_.match(*match);
  if (const Node* max = item.find("max")) rule.max = maximum(*max);
  for (const Node& entry : items(item, "deny")) rule.deny.push_back(deny(entry, layer));
  rule.limits = reader_.limits(item, "limits");
  rule.isolation_at_least = reader_.isolation(item, "isolation_at_least");
  rule.locked = reader_.flag(item, "locked", false);
  rule.where = reader_.where(item);
  return rule;
}

std::vector<std::string> PolicyReader::maximum(const Node& names) {
  std::vector<std::string> known;
  for (const Node& name : names.items) {
    if (out_.sets.count(name.text) == 0) complain_about_set(name);
    known.push_back(name.text);
  }
  return known;
}

void PolicyReader::complain_about_set(const Node& name) {
  if (reader_.has_enough()) return;
  std::vector<std::string_view> names;
  for (const auto& [known, unused] : out_.sets) names.push_back(known);
  const std::string_view near = nearest(name.text, names);
  reader_.complain(name,
                   "there is no set " + shown(name.text) +
                       (near.empty() ? "; define it under sets" : "; did you mean " + shown(near) + "?"));
}

Policy::UserGrant PolicyReader::grant(const Node& item) {
  Policy::UserGrant grant;
  grant.match = reader_.match(item);
  grant.manifest_digest = reader_.text(item, "manifest_digest", check_manifest_digest);
  grant.capability = scoped(item, "capability", item.find("allow"), Layer::grant);
  grant.deny = reader_.scope(item.find("deny"), Layer::grant);
  read_duration(item, grant);
  grant.persisted = true;
  grant.where = reader_.where(item);
  return grant;
}

void PolicyReader::read_duration(const Node& item, Policy::UserGrant& grant) {
  grant.lifetime = Reader::choice(item, "lifetime",
                                  {{"once", Policy::Lifetime::once},
                                   {"session", Policy::Lifetime::session},
                                   {"workspace", Policy::Lifetime::workspace}},
                                  Policy::Lifetime::always);
  grant.workspace = reader_.text(item, "workspace", check_folder);
  if (const Node* folder = item.find("workspace");
      folder != nullptr && grant.lifetime != Policy::Lifetime::workspace) {
    reader_.complain(*folder,
                     "only a grant for a workspace names one; write lifetime: workspace, or leave it out");
  }
  const Node* expires = item.find("expires");
  if (expires == nullptr) return;
  const auto instant = parse_instant(expires->text);
  if (!instant) return reader_.complain(*expires, instant.error().message());
  grant.expires = *instant;
}

AcceptedManifest PolicyReader::accepted(const Node& item) {
  AcceptedManifest accepted;
  accepted.plugin = reader_.text(item, "plugin", check_id);
  accepted.version = reader_.version(item, "version");
  accepted.publisher_key = reader_.text(item, "publisher_key", check_publisher_key);
  accepted.manifest_digest = reader_.text(item, "manifest_digest", check_manifest_digest);
  for (const Node& entry : items(item, "required")) accepted.required.push_back(request(entry));
  for (const Node& entry : items(item, "optional")) accepted.optional.push_back(request(entry));
  accepted.where = reader_.where(item);
  return accepted;
}

CapabilityRequest PolicyReader::request(const Node& item) {
  CapabilityRequest request;
  request.where = reader_.where(item);
  request.id = reader_.text(item, "id", check_capability);
  request.has_allow = item.find("allow") != nullptr;
  request.allow = reader_.scope(item.find("allow"), Layer::manifest);
  request.deny = reader_.scope(item.find("deny"), Layer::manifest);
  return request;
}

}  // namespace cloche::read
