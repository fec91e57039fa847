#include "write_grants.h"

#include "scalar.h"

#include <algorithm>
#include <cloche/units.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

namespace cloche::yaml {
namespace {

constexpr const char* kHead =
    "# What users granted and revoked. Written by the application, which keeps what is edited here by hand,\n"
    "# but for comments.\n";

// Whether every reader of YAML takes `text`, bare, for that text.
bool is_plain(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  if (text.empty() || !letter(text.front()) || !std::all_of(text.begin(), text.end(), inner)) return false;
  Node node;
  node.text = text;
  return !resolve_plain(node) && node.kind == Node::Kind::text;
}

class Writer {
 public:
  std::string write(const GrantFile& file) {
    out_ << YAML::BeginMap;
    field("policy_version");
    out_ << 1;
    list("grants", file.grants, &Writer::grant);
    list("revoked", file.revoked, &Writer::revocation);
    list("accepted", file.accepted, &Writer::accepted);
    out_ << YAML::EndMap;
    return kHead + std::string(out_.c_str(), out_.size()) + "\n";
  }

 private:
  template <class T>
  void list(const char* name, const std::vector<T>& entries, void (Writer::*each)(const T&)) {
    if (entries.empty()) return;
    field(name);
    out_ << YAML::BeginSeq;
    for (const T& entry : entries) (this->*each)(entry);
    out_ << YAML::EndSeq;
  }

  void grant(const Policy::UserGrant& grant) {
    out_ << YAML::BeginMap;
    match(grant.match);
    text_field("manifest_digest", grant.manifest_digest);
    field("capability");
    text(grant.capability.pattern);
    if (grant.capability.has_scope) scope("allow", grant.capability.scope);
    deny(grant.deny);
    field("lifetime");
    text(lifetime(grant.lifetime));
    text_field("workspace", grant.workspace);
    if (grant.expires) text_field("expires", format_instant(*grant.expires));
    out_ << YAML::EndMap;
  }

  void revocation(const Policy::Revocation& revocation) {
    out_ << YAML::BeginMap;
    match(revocation.match);
    out_ << YAML::EndMap;
  }

  void accepted(const AcceptedManifest& accepted) {
    out_ << YAML::BeginMap;
    text_field("plugin", accepted.plugin);
    text_field("version", to_string(accepted.version));
    text_field("publisher_key", accepted.publisher_key);
    text_field("manifest_digest", accepted.manifest_digest);
    list("required", accepted.required, &Writer::request);
    list("optional", accepted.optional, &Writer::request);
    out_ << YAML::EndMap;
  }

  void request(const CapabilityRequest& request) {
    out_ << YAML::BeginMap;
    field("id");
    text(request.id);
    if (request.has_allow) scope("allow", request.allow);
    deny(request.deny);
    out_ << YAML::EndMap;
  }

  void match(const PluginMatch& match) {
    field("plugin");
    text(match.plugin);
    if (match.publisher_key) text_field("publisher_key", *match.publisher_key);
    if (match.version) text_field("version", match.version->text());
  }

  void scope(const char* name, const ScopeSet& set) {
    field(name);
    if (set.everything) return text("*");
    if (set.rules.empty()) out_ << YAML::Flow;
    out_ << YAML::BeginSeq;
    for (const ScopeRule& rule : set.rules) {
      out_ << YAML::Flow << YAML::BeginMap;
      for (const auto& [key, content] : rule.fields) {
        out_ << YAML::Key;
        text(key);
        out_ << YAML::Value;
        value(content);
      }
      out_ << YAML::EndMap;
    }
    out_ << YAML::EndSeq;
  }

  void deny(const ScopeSet& set) {
    if (set.everything || !set.rules.empty()) scope("deny", set);
  }

  void value(const ScopeValue& value) {
    if (const auto* words = std::get_if<std::string>(&value)) return text(*words);
    if (const auto* flag = std::get_if<bool>(&value)) {
      out_ << *flag;
    } else if (const auto* number = std::get_if<std::uint64_t>(&value)) {
      out_ << std::to_string(*number);
    } else {
      out_ << YAML::Flow << YAML::BeginSeq;
      for (const std::string& item : std::get<std::vector<std::string>>(value)) text(item);
      out_ << YAML::EndSeq;
    }
  }

  static std::string lifetime(Policy::Lifetime lifetime) {
    switch (lifetime) {
      case Policy::Lifetime::once: return "once";
      case Policy::Lifetime::session: return "session";
      case Policy::Lifetime::workspace: return "workspace";
      case Policy::Lifetime::always: return "always";
    }
    return "once";
  }

  void field(const char* name) { out_ << YAML::Key << name << YAML::Value; }

  void text_field(const char* name, const std::string& words) {
    if (words.empty()) return;
    field(name);
    text(words);
  }

  void text(const std::string& words) {
    if (!is_plain(words)) out_ << YAML::DoubleQuoted;
    out_ << words;
  }

  YAML::Emitter out_;
};

}  // namespace

std::string write_grants(const GrantFile& file) { return Writer().write(file); }

}  // namespace cloche::yaml
