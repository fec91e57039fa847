#include <cloche/consent_text.h>

#include "digest.h"
#include "same_scope.h"
#include "spoof.h"

#include <algorithm>
#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <utility>

namespace cloche {
namespace {

std::string line_of(const ScopeRule& rule, const CatalogueEntry& entry) {
  return visible(describe(ScopeSet{{}, false, {rule}}, entry));
}

// The sets that narrow, each once: two layers often say the same.
std::vector<const ScopeSet*> narrowing(const std::vector<ScopeSet>& sets) {
  std::vector<const ScopeSet*> found;
  for (const ScopeSet& set : sets) {
    const bool known = std::ranges::any_of(found, [&](const ScopeSet* one) { return same_scope(*one, set); });
    if (!set.everything && !known) found.push_back(&set);
  }
  return found;
}

std::vector<std::string> allowed(const Grant& grant, const CatalogueEntry& entry) {
  if (grant.allow.empty()) return {"nothing"};
  const auto sets = narrowing(grant.allow);
  if (sets.empty()) return {"everything"};
  const bool nothing = std::ranges::any_of(sets, [](const ScopeSet* set) { return set->rules.empty(); });
  if (nothing) return {"nothing"};
  std::vector<std::string> lines;
  for (const ScopeRule& rule : sets.front()->rules) lines.push_back(line_of(rule, entry));
  for (std::size_t i = 1; i < sets.size(); ++i) {
    lines.push_back("and only " + visible(describe(*sets[i], entry)));
  }
  return lines;
}

std::vector<std::string> denied(const Grant& grant, const CatalogueEntry& entry) {
  std::vector<std::string> lines;
  const auto add = [&](std::string line) {
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  };
  for (const ScopeSet& set : grant.deny) {
    if (set.everything) add("everything");
    for (const ScopeRule& rule : set.rules) add(line_of(rule, entry));
  }
  return lines;
}

std::vector<std::string> warnings(const Manifest& manifest, const CapabilityRequest* request,
                                  const ConsentText& text) {
  std::vector<std::string> found;
  const auto look = [&](std::string_view words, std::string_view shown, const char* what) {
    const auto say = [&](const std::string& sentence) {
      found.push_back(std::string(what) + ": " + sentence);
    };
    if (words != shown)
      say("it has characters that show nothing or change what is shown; they are written out here");
    for (const std::string& sentence : deceptions(words)) say(sentence);
  };
  look(manifest.name, text.plugin, "the plugin's name");
  look(manifest.publisher.name, text.publisher, "the publisher's name");
  if (request != nullptr) look(request->reason, text.reason, "the reason");
  for (const std::string& line : text.allows) look(line, line, "what is allowed");
  if (manifest.publisher.key.empty())
    found.emplace_back("the plugin has no publisher's key: anybody may have made it");
  return found;
}

const CapabilityRequest* request_of(const Manifest& manifest, const std::string& id) {
  for (const auto* requests : {&manifest.required, &manifest.optional}) {
    const auto found = std::ranges::find(*requests, id, &CapabilityRequest::id);
    if (found != requests->end()) return &*found;
  }
  return nullptr;
}

std::string list_of(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = std::string(title) + "\n";
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

}  // namespace

ConsentText render(const Manifest& manifest, const Grant& grant, const CatalogueEntry& entry) {
  const CapabilityRequest* request = request_of(manifest, grant.capability);
  ConsentText text;
  text.plugin = visible(manifest.name);
  text.id = visible(manifest.id);
  text.version = visible(to_string(manifest.version));
  text.publisher = visible(manifest.publisher.name);
  text.key = key_fingerprint(manifest.publisher.key);
  text.capability = visible(grant.capability);
  text.summary = visible(entry.summary);
  if (request != nullptr) text.reason = visible(request->reason);
  text.allows = allowed(grant, entry);
  text.denies = denied(grant, entry);
  text.warnings = warnings(manifest, request, text);
  return text;
}

std::string to_string(const ConsentText& text) {
  std::string lines = text.id + " " + text.version + ", which calls itself \"" + text.plugin + "\"\n";
  if (!text.publisher.empty()) lines += "by, as it says: \"" + text.publisher + "\"\n";
  if (!text.key.empty()) lines += "publisher's key: " + text.key + "\n";
  lines += "asks for " + text.capability + (text.summary.empty() ? "" : ": " + text.summary) + "\n";
  if (!text.reason.empty()) lines += "its own reason: \"" + text.reason + "\"\n";
  return lines + list_of("It would be allowed:", text.allows) +
         list_of("It would not be allowed:", text.denies) + list_of("Mind:", text.warnings);
}

std::string key_fingerprint(std::string_view key) {
  if (key.empty()) return {};
  constexpr std::size_t kDigits = 32;
  const std::string digest = sha256(key);
  const std::string digits = digest.substr(digest.find(':') + 1, kDigits);
  std::string groups;
  for (std::size_t i = 0; i < digits.size(); i += 4) groups += (i == 0 ? "" : " ") + digits.substr(i, 4);
  return groups;
}

}  // namespace cloche
