#include "grants_support.h"
#include "result_text.h"
#include "samples.h"

#include <array>
#include <cloche/grant_file.h>
#include <random>

namespace {

using cloche::format_grants;
using cloche::GrantFile;
using cloche::parse_grants;
using cloche::Policy;
using cloche::ScopeSet;

// Everything parse_grants() gives back of a file, but for places: two files are equal when these texts are.
std::string spelled(const ScopeSet& set) {
  std::string text = set.everything ? "*" : "";
  for (const cloche::ScopeRule& rule : set.rules) {
    text += "{";
    for (const auto& [name, value] : rule.fields) {
      text += "<" + name + ">" + std::to_string(value.index());
      if (const auto* word = std::get_if<std::string>(&value)) text += "<" + *word + ">";
      if (const auto* number = std::get_if<std::uint64_t>(&value)) text += std::to_string(*number);
      if (const auto* flag = std::get_if<bool>(&value)) text += *flag ? "yes" : "no";
      const auto* list = std::get_if<std::vector<std::string>>(&value);
      for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) text += "<" + (*list)[i] + ">";
    }
    text += "}";
  }
  return text;
}

std::string spelled(const cloche::PluginMatch& match) {
  return match.plugin + "|" + match.publisher_key.value_or("any") + "|" +
         (match.version ? match.version->text() : "any");
}

std::string spelled(const GrantFile& file) {
  std::string text;
  for (const Policy::UserGrant& grant : file.grants) {
    text += spelled(grant.match) + "|" + grant.manifest_digest + "|" + grant.capability.pattern + "|" +
            (grant.capability.has_scope ? "allow" : "whole") + spelled(grant.capability.scope) + "|" +
            spelled(grant.deny) + "|" + std::to_string(static_cast<int>(grant.lifetime)) + "|" +
            grant.workspace + "|" +
            (grant.expires ? std::to_string(grant.expires->time_since_epoch().count()) : "never") + "\n";
  }
  for (const Policy::Revocation& revoked : file.revoked) text += spelled(revoked.match) + "\n";
  for (const cloche::AcceptedManifest& accepted : file.accepted) {
    text += accepted.plugin + to_string(accepted.version) + accepted.publisher_key + accepted.manifest_digest;
    for (const auto* requests : {&accepted.required, &accepted.optional}) {
      for (const cloche::CapabilityRequest& request : *requests) {
        text += "|" + request.id + (request.has_allow ? "allow" : "whole") + spelled(request.allow) +
                spelled(request.deny);
      }
    }
    text += "\n";
  }
  return text;
}

// Texts that YAML, or a reader of it, could take for something else.
constexpr std::array kTexts = {"*",
                               "&x",
                               "!tag",
                               "no",
                               "Yes",
                               "null",
                               "~",
                               "",
                               "0777",
                               "1e3",
                               "0x1F",
                               "12:30",
                               "-",
                               "--- x",
                               "? a",
                               "a: b",
                               "a #b",
                               "'",
                               "\"",
                               "\\",
                               "\\n",
                               "%x",
                               "@x",
                               "`x`",
                               "{a: b}",
                               "[a]",
                               ",",
                               "<<",
                               " lead",
                               "trail ",
                               "a\tb",
                               "a\nb",
                               "\n",
                               "\r\n",
                               "caf\xc3\xa9",
                               "\xe2\x80\xa8",
                               "\xe2\x80\xae",
                               "\xf0\x9f\x98\x80",
                               "$WORKSPACE/**",
                               "2027-01-01",
                               "true",
                               "=",
                               "\xc2\xa0",
                               "...",
                               "---",
                               "a,b]c}"};
// What no file can hold: they are refused.
constexpr std::array kControls = {"\x01", "a\x7f", "\xc2\x85", "\xef\xbb\xbf", "\xff", "\xed\xa0\x80"};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return engine_() % n; }
  std::string text() { return kTexts[below(kTexts.size())]; }
  std::string name() { return text() + kTexts[below(kTexts.size())]; }

  cloche::ScopeValue value() {
    if (below(2) == 0) return text();
    if (below(3) == 0) return below(2) == 0;
    if (below(2) == 0)
      return below(2) == 0 ? std::uint64_t{below(100)} : ~std::uint64_t{0} >> (1 + below(63));
    std::vector<std::string> list(below(3));
    for (std::string& item : list) item = text();
    return list;
  }

  ScopeSet scope() {
    ScopeSet set;
    set.everything = below(3) == 0;
    for (std::size_t rules = set.everything ? 0 : below(3); rules > 0; --rules) {
      auto& fields = set.rules.emplace_back().fields;
      for (std::size_t count = 1 + below(3); count > 0; --count) fields.emplace(name(), value());
    }
    return set;
  }

  Policy::UserGrant grant() {
    Policy::UserGrant grant =
        user_grant(below(2) == 0 ? "com.acme.x" : "com.*", below(2) == 0 ? "fs.*" : "log");
    grant.capability.has_scope = below(3) != 0;
    grant.capability.scope = grant.capability.has_scope ? scope() : ScopeSet();
    grant.deny = below(2) == 0 ? scope() : ScopeSet();
    if (below(2) == 0) grant.match.publisher_key = below(2) == 0 ? "none" : std::string(kKey);
    if (below(2) == 0) grant.match.version = cloche::VersionRange::parse(">=1.2 <4 || 7.x").value();
    if (below(2) == 0) grant.manifest_digest = "sha256:" + std::string(64, 'a');
    grant.lifetime = static_cast<Policy::Lifetime>(below(4));
    if (grant.lifetime == Policy::Lifetime::workspace) grant.workspace = "/home/a b: c/#d";
    if (below(2) == 0) grant.expires = std::chrono::sys_seconds(std::chrono::seconds(below(4'000'000'000)));
    return grant;
  }

  cloche::AcceptedManifest accepted() {
    cloche::AcceptedManifest accepted{
        "com.acme.x", cloche::Version{1, 2, 3, {"rc", "1"}, "b5"}, {}, {}, {}, {}, {}};
    if (below(2) == 0) accepted.publisher_key = kKey;
    for (auto* requests : {&accepted.required, &accepted.optional}) {
      auto& request = requests->emplace_back();
      request.id = "fs.read";
      request.has_allow = below(2) == 0;
      if (request.has_allow) request.allow = scope();
      request.deny = below(2) == 0 ? scope() : ScopeSet();
    }
    return accepted;
  }

 private:
  std::mt19937 engine_;
};

std::string complaint(std::string_view text) {
  const auto file = parse_grants(text, "grants.yaml");
  REQUIRE_FALSE(file);
  CHECK(file.error().code() == cloche::Errc::policy_invalid);
  REQUIRE(file.error().where());
  return to_string(*file.error().where()) + ": " + file.error().message();
}

}  // namespace

TEST_CASE("grants that are written are read back as they were, whatever is in their texts") {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Dice dice(seed);
    GrantFile file;
    for (std::size_t count = dice.below(3); count > 0; --count) file.grants.push_back(dice.grant());
    if (dice.below(2) == 0) file.revoked.push_back({{"com.evil.*", std::nullopt, std::nullopt}, {}});
    if (dice.below(2) == 0) file.accepted.push_back(dice.accepted());
    const auto text = format_grants(file);
    CAPTURE(seed);
    CAPTURE(spelled(file));
    REQUIRE(text);
    const auto again = parse_grants(*text, "grants.yaml");
    REQUIRE(again);
    CHECK(spelled(*again) == spelled(file));
    CHECK(format_grants(*again).value() == *text);
  }
}

TEST_CASE("what no file can hold is refused and not bent") {
  for (const char* text : kControls) {
    GrantFile file;
    file.grants.push_back(user_grant("com.acme.x", "fs.read"));
    file.grants[0].capability.scope = one_rule("path", std::string(text));
    CAPTURE(std::string(text));
    const auto written = format_grants(file);
    REQUIRE_FALSE(written);
    CHECK(written.error().code() == cloche::Errc::invalid_argument);
  }
  for (const auto& [plugin, capability] : {std::pair("Com.Acme", "log"), {"", "log"}, {"com.acme.x", "f*"}}) {
    GrantFile file;
    file.grants.push_back(user_grant(plugin, capability));
    CHECK_FALSE(format_grants(file));
  }
  GrantFile years;
  years.grants.push_back(user_grant("com.acme.x", "log"));
  years.grants[0].expires = std::chrono::sys_days(std::chrono::year(12'000) / 1 / 1);
  CHECK_FALSE(format_grants(years));
}

TEST_CASE("what is written is what a person would write") {
  GrantFile file;
  file.grants.push_back(user_grant("com.acme.x", "net.fetch"));
  file.grants[0].match.publisher_key = std::string(kKey);
  file.grants[0].capability.scope = one_rule("url", "https://api.example.com/*");
  file.grants[0].capability.scope.rules[0].fields.emplace("methods", std::vector<std::string>{"GET"});
  file.grants[0].expires = std::chrono::sys_days(std::chrono::year(2027) / 1 / 1);
  file.revoked.push_back({{"com.evil.x", std::nullopt, cloche::VersionRange::parse("<1.2").value()}, {}});
  CHECK(
      format_grants(file).value() ==
      R"(# What users granted and revoked. Written by the application, which keeps what is edited here by hand,
# but for comments.
policy_version: 1
grants:
  - plugin: com.acme.x
    publisher_key: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    capability: net.fetch
    allow:
      - {methods: [GET], url: "https://api.example.com/*"}
    lifetime: always
    expires: "2027-01-01"
revoked:
  - plugin: com.evil.x
    version: "<1.2"
)");
}

TEST_CASE("a file of grants has nothing else in it") {
  CHECK(complaint("policy_version: 1\nceiling: []\n") ==
        "grants.yaml:2:1: the field 'ceiling' has no place in a file of grants; keep it in a policy of its "
        "own");
  CHECK(complaint("policy_version: 1\nsets: {}\ndefaults: {}\n").find("grants.yaml:2:1") == 0);
  CHECK(complaint("policy_version: 1\ngrants: [{plugin: a.b}]\n").find("grants.yaml:2:10") == 0);
  CHECK(complaint("policy_version: 1\naccepted: [{plugin: a.b, version: new}]\n").find("grants.yaml:2:35") ==
        0);
  CHECK(complaint("grants: [}\n").find("grants.yaml:1:") == 0);
  CHECK(parse_grants("policy_version: 1\n", "grants.yaml"));
}

TEST_CASE("a workspace is named for a workspace alone, and by its absolute path") {
  const auto with = [](std::string_view rest) {
    return "policy_version: 1\ngrants: [{plugin: a.b, capability: log, " + std::string(rest) + "}]\n";
  };
  const auto good = parse_grants(with("lifetime: workspace, workspace: /home/ann"), "grants.yaml");
  REQUIRE(good);
  CHECK(good->grants[0].workspace == "/home/ann");
  CHECK(complaint(with("workspace: /home/ann")).find("only a grant for a workspace names one") !=
        std::string::npos);
  CHECK(complaint(with("lifetime: workspace, workspace: project")).find("absolute path") !=
        std::string::npos);
}
