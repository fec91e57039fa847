#include <cloche/grant_file.h>

#include "problems.h"
#include "read/policy_reader.h"
#include "same_scope.h"
#include "schema/validate.h"
#include "shown.h"
#include "yaml/load.h"
#include "yaml/write_grants.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace cloche {
namespace {

constexpr std::string_view kFields[] = {"policy_version", "grants", "revoked", "accepted"};

void check_fields(const yaml::Node& root, Problems& problems) {
  for (const yaml::Key& key : root.keys) {
    if (std::ranges::find(kFields, key.text) != std::end(kFields)) continue;
    problems.add(key.place, "the field " + shown(key.text) +
                                " has no place in a file of grants; keep it in a policy of its own");
  }
}

bool same_match(const PluginMatch& a, const PluginMatch& b) {
  const auto text = [](const PluginMatch& match) { return match.version ? match.version->text() : ""; };
  return std::tie(a.plugin, a.publisher_key) == std::tie(b.plugin, b.publisher_key) && text(a) == text(b);
}

bool same_grant(const Policy::UserGrant& a, const Policy::UserGrant& b) {
  return same_match(a.match, b.match) && same_capability(a.capability, b.capability) &&
         same_scope(a.deny, b.deny) &&
         std::tie(a.manifest_digest, a.lifetime, a.workspace, a.expires) ==
             std::tie(b.manifest_digest, b.lifetime, b.workspace, b.expires);
}

bool same_revocation(const Policy::Revocation& a, const Policy::Revocation& b) {
  return same_match(a.match, b.match);
}

bool same_request(const CapabilityRequest& a, const CapabilityRequest& b) {
  return same_capability({a.id, a.has_allow, a.allow}, {b.id, b.has_allow, b.allow}) &&
         same_scope(a.deny, b.deny);
}

bool same_accepted(const AcceptedManifest& a, const AcceptedManifest& b) {
  return std::tie(a.plugin, a.publisher_key, a.manifest_digest) ==
             std::tie(b.plugin, b.publisher_key, b.manifest_digest) &&
         to_string(a.version) == to_string(b.version) &&
         std::ranges::equal(a.required, b.required, same_request) &&
         std::ranges::equal(a.optional, b.optional, same_request);
}

bool same_file(const GrantFile& a, const GrantFile& b) {
  return std::ranges::equal(a.grants, b.grants, same_grant) &&
         std::ranges::equal(a.revoked, b.revoked, same_revocation) &&
         std::ranges::equal(a.accepted, b.accepted, same_accepted);
}

Error not_writable(const std::string& why) {
  return {Errc::invalid_argument, "these grants cannot be kept in a file: " + why};
}

}  // namespace

Result<GrantFile> parse_grants(std::string_view text, std::string_view file_name) {
  const auto document = yaml::load(text, file_name, Errc::policy_invalid);
  if (!document) return document.error();
  Problems problems(Errc::policy_invalid, file_name);
  schema::validate(schema::Which::policy, *document, problems);
  if (problems.empty()) check_fields(*document, problems);
  if (!problems.empty()) return problems.take();
  Policy policy = read::PolicyReader(problems).read(*document);
  if (!problems.empty()) return problems.take();
  return GrantFile{std::move(policy.grants), std::move(policy.revoked), std::move(policy.accepted)};
}

Result<std::string> format_grants(const GrantFile& file) {
  std::string text = yaml::write_grants(file);
  const auto again = parse_grants(text, {});
  if (!again) return not_writable(again.error().message());
  if (!same_file(file, *again)) return not_writable("a text in them would not be read back as it is");
  return text;
}

}  // namespace cloche
