#include "result_text.h"
#include "samples.h"

#include <cloche/policy.h>

using cloche::parse_policy;
using cloche::Policy;

namespace {

std::string complaint(std::string_view text) {
  const auto policy = parse_policy(text, "policy.yaml");
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code() == cloche::Errc::policy_invalid);
  REQUIRE(policy.error().where());
  return to_string(*policy.error().where()) + ": " + policy.error().message();
}

std::string policy(std::string_view rest) { return "policy_version: 1\n" + std::string(rest) + "\n"; }

}  // namespace

TEST_CASE("a policy with every field is read whole") {
  const auto parsed = parse_policy(kWholePolicy, "policy.yaml");
  REQUIRE(parsed);
  const Policy& p = *parsed;
  CHECK(p.defaults.unlisted == Policy::Verdict::deny);
  CHECK(p.defaults.optional == Policy::Verdict::prompt);
  CHECK(p.defaults.isolation_at_least == cloche::Isolation::isolate);
  CHECK(p.defaults.where.line == 2);
  REQUIRE(p.sets.count("ro-workspace") == 1);
  CHECK(p.sets.at("ro-workspace")[0].pattern == "fs.read");
  CHECK(p.sets.at("ro-workspace")[0].scope.rules.size() == 1);
  REQUIRE(p.ceiling.size() == 1);
  CHECK(p.ceiling[0].match.plugin == "*");
  CHECK(p.ceiling[0].limits.heap == 128U << 20);
  CHECK_FALSE(p.ceiling[0].max);
  REQUIRE(p.organisation.size() == 1);
  CHECK(p.organisation[0].match.publisher_key == std::string(kKey));
  CHECK(p.organisation[0].max == std::vector<std::string>{"ro-workspace"});
  CHECK(p.organisation[0].locked);
  REQUIRE(p.revoked.size() == 1);
  CHECK(p.revoked[0].match.version.value().text() == "<1.2");
  CHECK(p.audit.file == "audit.jsonl");
  CHECK(p.audit.events.size() == 5);
}

TEST_CASE("a denial is what allow_none_of lists and what the fields beside it say") {
  const Policy p = parse_policy(kWholePolicy, "policy.yaml").value();
  REQUIRE(p.ceiling[0].deny.size() == 2);
  const cloche::ScopedCapability& files = p.ceiling[0].deny[0];
  CHECK(files.pattern == "fs.*");
  CHECK_FALSE(files.scope.everything);
  REQUIRE(files.scope.rules.size() == 1);
  CHECK(std::get<std::string>(files.scope.rules[0].fields.at("path")) == "$HOME/.ssh/**");
  const cloche::ScopedCapability& net = p.ceiling[0].deny[1];
  REQUIRE(net.scope.rules.size() == 1);
  CHECK(std::get<std::vector<std::string>>(net.scope.rules[0].fields.at("addresses")) ==
        std::vector<std::string>{"private", "loopback", "link-local"});
  const Policy whole =
      parse_policy(policy("ceiling: [{deny: [{id: exec}, {id: log, allow_none_of: \"*\"}]}]"), "").value();
  CHECK(whole.ceiling[0].deny[0].scope.everything);
  CHECK(whole.ceiling[0].deny[1].scope.everything);
  const Policy both =
      parse_policy(
          policy("ceiling: [{deny: [{id: fs.read, allow_none_of: [{path: a}, {path: b}], path: c}]}]"), "")
          .value();
  CHECK(both.ceiling[0].deny[0].scope.rules.size() == 3);
  const Policy none =
      parse_policy(policy("ceiling: [{deny: [{id: fs.read, allow_none_of: []}]}]"), "").value();
  CHECK_FALSE(none.ceiling[0].deny[0].scope.everything);
  CHECK(none.ceiling[0].deny[0].scope.rules.empty());
}

TEST_CASE("a grant keeps whom, what and how long") {
  const Policy p = parse_policy(kWholePolicy, "policy.yaml").value();
  REQUIRE(p.grants.size() == 1);
  const Policy::UserGrant& grant = p.grants[0];
  CHECK(grant.match.plugin == "com.acme.git-helper");
  CHECK(grant.match.version.value().text() == "2.x");
  CHECK(grant.capability.pattern == "net.fetch");
  CHECK(grant.capability.scope.origin.layer == cloche::Layer::grant);
  CHECK(grant.lifetime == Policy::Lifetime::always);
  CHECK(grant.persisted);
  CHECK(grant.where.line == 12);
  using namespace std::chrono;
  CHECK((grant.expires == sys_seconds(sys_days(year(2027) / 1 / 1))));
  const auto expires = [](std::string_view text) {
    return parse_policy(
        policy("grants: [{plugin: a.b, capability: log, expires: " + std::string(text) + "}]"), "");
  };
  CHECK((expires("2027-01-01T12:30:15Z").value().grants[0].expires ==
         sys_days(year(2027) / 1 / 1) + hours(12) + minutes(30) + seconds(15)));
  for (const char* bad : {"2027-02-30", "2027-13-01", "2027-1-1", "tomorrow", "2027-01-01T24:00:00Z",
                          "2027-01-01T12:00:00", "02027-01-01"}) {
    CAPTURE(bad);
    CHECK_FALSE(expires(bad));
  }
}

TEST_CASE("a policy without a word grants nothing") {
  const Policy p = parse_policy("policy_version: 1\n", "policy.yaml").value();
  CHECK(p.defaults.unlisted == Policy::Verdict::deny);
  CHECK(p.defaults.optional == Policy::Verdict::prompt);
  CHECK(p.defaults.no_ui == Policy::Verdict::deny);
  CHECK(p.defaults.prompt_timeout == Policy::Verdict::deny);
  CHECK(p.defaults.isolation_at_least == cloche::Isolation::context);
  CHECK(p.grants.empty());
}

TEST_CASE("what is wrong in a policy is told where it stands") {
  CHECK(complaint("ceiling: []\n").find("'policy_version' is missing") != std::string::npos);
  CHECK(complaint(policy("cieling: []")) ==
        "policy.yaml:2:1: unknown field 'cieling'; did you mean 'ceiling'?");
  CHECK(complaint(policy("defaults: {unlisted: dny}")) ==
        "policy.yaml:2:22: expected deny, allow or prompt, found the text 'dny'; did you mean 'deny'?");
  CHECK(complaint(policy("organisation: [{max: [ro-workspce]}]\nsets: {ro-workspace: [{id: fs.read}]}")) ==
        "policy.yaml:2:23: there is no set 'ro-workspce'; did you mean 'ro-workspace'?");
  CHECK(complaint(policy("organisation: [{max: [nothing-like-it]}]")).find("define it under sets") !=
        std::string::npos);
  CHECK(complaint(policy("defaults: {no_ui: prompt}")).find("expected deny or allow") != std::string::npos);
  for (const char* line : {
           "ceiling: [{match: {plugin: \"Com.*\"}}]",
           "ceiling: [{match: {version: newest}}]",
           "ceiling: [{match: {publisher_key: abc}}]",
           "ceiling: [{deny: [{allow_none_of: []}]}]",
           "ceiling: [{deny: [{id: \"f*\"}]}]",
           "ceiling: [{limits: {heap: 1}}]",
           "grants: [{plugin: a.b}]",
           "grants: [{plugin: a.b, capability: log, lifetime: forever}]",
           "grants: [{plugin: a.b, capability: log, manifest_digest: \"sha256:abc\"}]",
           "revoked: [{version: \"<1\"}]",
           "audit: {events: [everything]}",
           "sets: {Big: []}",
       }) {
    CAPTURE(line);
    CHECK(complaint(policy(line)).find("policy.yaml:2:") == 0);
  }
}

TEST_CASE("patterns of plugins and capabilities") {
  using cloche::capability_matches;
  using cloche::glob_matches;
  CHECK(capability_matches("*", "fs.read"));
  CHECK(capability_matches("fs.*", "fs.read"));
  CHECK(capability_matches("fs.*", "fs"));
  CHECK(capability_matches("fs.read", "fs.read"));
  CHECK_FALSE(capability_matches("fs.*", "fsx.read"));
  CHECK_FALSE(capability_matches("fs", "fs.read"));
  CHECK_FALSE(capability_matches("fs.read", "fs.reader"));
  CHECK_FALSE(capability_matches("", "fs"));
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("com.acme.*", "com.acme.x"));
  CHECK(glob_matches("*.x", "com.acme.x"));
  CHECK(glob_matches("c*a*x", "com.acme.x"));
  CHECK_FALSE(glob_matches("com.acme.*", "com.acme"));
  CHECK_FALSE(glob_matches("com.acme", "com.acme.x"));
  CHECK_FALSE(glob_matches("", "x"));
  std::string stars;
  for (int i = 0; i < 64; ++i) stars += "a*";
  CHECK_FALSE(glob_matches(stars + "b", std::string(10'000, 'a')));
}
