#include "grant_text.h"

#include "report.h"

#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <cloche/units.h>
#include <utility>

namespace cloche::cli {
namespace {

bool says_something(const ScopeSet& set) { return set.everything || !set.rules.empty(); }

// What was written has its units in its texts, so no catalogue is needed to show them.
std::string written(const ScopeSet& set) { return describe(set, CatalogueEntry{}); }

std::string_view lifetime_name(Policy::Lifetime lifetime) {
  switch (lifetime) {
    case Policy::Lifetime::once: return "once";
    case Policy::Lifetime::session: return "session";
    case Policy::Lifetime::workspace: return "workspace";
    case Policy::Lifetime::always: return "always";
  }
  return "once";
}

}  // namespace

std::string scope_text(const ScopedCapability& capability) {
  return capability.has_scope ? written(capability.scope) : "everything";
}

std::string duration_text(const Policy::UserGrant& grant) {
  std::string text = std::string(lifetime_name(grant.lifetime));
  if (!grant.workspace.empty()) text = "in the workspace " + escape_controls(grant.workspace);
  return grant.expires ? text + " until " + format_instant(*grant.expires) : text;
}

std::string match_text(const PluginMatch& match) {
  std::string text = match.plugin == "*" ? "every plugin" : match.plugin;
  if (match.publisher_key) {
    text +=
        *match.publisher_key == "none" ? " without a publisher's key" : " of the key " + *match.publisher_key;
  }
  if (match.version) text += ", versions " + match.version->text();
  return escape_controls(text);
}

std::string grant_text(const Policy::UserGrant& grant) {
  std::string text = grant.capability.pattern + ": " + scope_text(grant.capability);
  if (says_something(grant.deny)) text += ", but not " + written(grant.deny);
  return text + ", " + duration_text(grant);
}

Value grant_document(const Policy::UserGrant& grant) {
  Object object{{"plugin", grant.match.plugin},
                {"capability", grant.capability.pattern},
                {"allow", scope_text(grant.capability)},
                {"lifetime", lifetime_name(grant.lifetime)}};
  if (says_something(grant.deny)) object.emplace_back("deny", written(grant.deny));
  if (grant.match.publisher_key) object.emplace_back("publisher_key", *grant.match.publisher_key);
  if (grant.match.version) object.emplace_back("version", grant.match.version->text());
  if (!grant.workspace.empty()) object.emplace_back("workspace", grant.workspace);
  if (grant.expires) object.emplace_back("expires", format_instant(*grant.expires));
  if (grant.where.line != 0) object.emplace_back("where", to_document(grant.where));
  return object;
}

}  // namespace cloche::cli
