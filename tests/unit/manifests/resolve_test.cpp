#include "result_text.h"
#include "samples.h"

#include <algorithm>
#include <cloche/resolve.h>
#include <cloche/scope_text.h>

using cloche::Grants;
using cloche::Layer;
using Effect = cloche::DecisionStep::Effect;

namespace {

constexpr std::string_view kReadWorkspace =
    "capabilities: {required: [{id: fs.read, reason: r, allow: [{path: \"$WORKSPACE/**\"}]}]}\n";
constexpr std::string_view kOptionalLog = "capabilities: {optional: [{id: log}]}\n";

Grants resolved(std::string_view manifest_rest, std::string_view policy_rest,
                const cloche::ResolveContext& context = {}) {
  const auto manifest = cloche::parse_manifest(small_manifest(manifest_rest), "plugin.yaml");
  REQUIRE(manifest);
  const auto policy =
      cloche::parse_policy("policy_version: 1\n" + std::string(policy_rest) + "\n", "policy.yaml");
  REQUIRE(policy);
  return resolve(*manifest, *policy, sample_catalogue(), context);
}

cloche::ResolveContext on(int year) {
  using namespace std::chrono;
  return {sys_days(std::chrono::year(year) / 6 / 1), false};
}

// The layer that made the first denial.
Layer denied_by(const Grants& grants, std::string_view capability) {
  const cloche::Decision* decision = grants.decision(capability);
  REQUIRE(decision != nullptr);
  REQUIRE_FALSE(decision->granted);
  REQUIRE(grants.find(capability) == nullptr);
  const auto step = std::find_if(decision->steps.begin(), decision->steps.end(),
                                 [](const auto& s) { return s.effect == Effect::denies; });
  REQUIRE(step != decision->steps.end());
  return step->origin.layer;
}

}  // namespace

TEST_CASE("who grants what") {
  struct Case {
    const char* what;
    std::string_view manifest;
    const char* policy;
    const char* capability;
    bool granted;
  };
  const Case cases[] = {
      {"nothing said: a required one is denied", kReadWorkspace, "", "fs.read", false},
      {"unlisted allowed", kReadWorkspace, "defaults: {unlisted: allow}", "fs.read", true},
      {"unlisted does not speak of optional ones", kOptionalLog, "defaults: {unlisted: allow}", "log", false},
      {"optional allowed", kOptionalLog, "defaults: {optional: allow}", "log", true},
      {"a prompt nobody can answer", kOptionalLog, "defaults: {optional: prompt}", "log", false},
      {"a prompt nobody can answer, allowed", kOptionalLog, "defaults: {no_ui: allow}", "log", true},
      {"a grant of everything", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\"}]", "fs.read", true},
      {"a grant for a pattern", kReadWorkspace,
       "grants: [{plugin: \"com.*\", capability: \"fs.*\", allow: \"*\"}]", "fs.read", true},
      {"a grant without a scope is nothing", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read}]", "fs.read", false},
      {"a grant of [] is nothing", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: []}]", "fs.read", false},
      {"a capability without scope is granted whole", kOptionalLog,
       "grants: [{plugin: com.acme.x, capability: log}]", "log", true},
      {"a grant of another capability", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.write, allow: \"*\"}]", "fs.read", false},
      {"a grant to another plugin", kReadWorkspace,
       "grants: [{plugin: com.acme.y, capability: fs.read, allow: \"*\"}]", "fs.read", false},
      {"a grant for another version", kReadWorkspace,
       "grants: [{plugin: com.acme.x, version: 2.x, capability: fs.read, allow: \"*\"}]", "fs.read", false},
      {"a grant for this version", kReadWorkspace,
       "grants: [{plugin: com.acme.x, version: 1.x, capability: fs.read, allow: \"*\"}]", "fs.read", true},
      {"a grant for a session that is over", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\", lifetime: session}]", "fs.read",
       false},
      {"a grant whose rules do not fit", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: [{pth: x}]}]", "fs.read", false},
      {"deny of everything beats a grant", kReadWorkspace,
       "ceiling: [{deny: [{id: fs.read}]}]\ngrants: [{plugin: com.acme.x, capability: fs.read, allow: "
       "\"*\"}]",
       "fs.read", false},
      {"a deny for another plugin", kReadWorkspace,
       "ceiling: [{match: {plugin: com.evil.*}, deny: [{id: fs.read}]}]\ndefaults: {unlisted: allow}",
       "fs.read", true},
      {"deny of a pattern", kReadWorkspace,
       "organisation: [{deny: [{id: \"fs.*\"}]}]\ndefaults: {unlisted: allow}", "fs.read", false},
      {"a specific grant does not beat a general deny", kReadWorkspace,
       "ceiling: [{deny: [{id: \"*\"}]}]\ngrants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\"}]",
       "fs.read", false},
      {"a grant's own deny", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\", deny: \"*\"}]", "fs.read", false},
      {"one grant's deny beats another's allow", kReadWorkspace,
       "grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\"}, "
       "{plugin: com.acme.x, capability: fs.read, allow: [], deny: \"*\"}]",
       "fs.read", false},
      {"not in max", kReadWorkspace,
       "sets: {s: [{id: log}]}\norganisation: [{max: [s]}]\ndefaults: {unlisted: allow}", "fs.read", false},
      {"in max", kReadWorkspace,
       "sets: {s: [{id: fs.read, allow: \"*\"}]}\norganisation: [{max: [s]}]\ndefaults: {unlisted: allow}",
       "fs.read", true},
      {"in max without a scope", kReadWorkspace,
       "sets: {s: [{id: fs.read}]}\norganisation: [{max: [s]}]\ndefaults: {unlisted: allow}", "fs.read",
       false},
      {"max without sets", kReadWorkspace, "ceiling: [{max: []}]\ndefaults: {unlisted: allow}", "fs.read",
       false},
      {"max does not grant", kReadWorkspace,
       "sets: {s: [{id: fs.read, allow: \"*\"}]}\norganisation: [{max: [s]}]", "fs.read", false},
      {"a deny that fits nothing denies all it could mean", kReadWorkspace,
       "ceiling: [{deny: [{id: fs.read, pth: x}]}]\ndefaults: {unlisted: allow}", "fs.read", false},
      {"the manifest asks for []", "capabilities: {required: [{id: fs.read, allow: []}]}\n",
       "defaults: {unlisted: allow}", "fs.read", false},
      {"the manifest has no allow", "capabilities: {required: [{id: fs.read}]}\n",
       "defaults: {unlisted: allow}", "fs.read", false},
      {"the manifest denies itself", "capabilities: {required: [{id: fs.read, allow: \"*\", deny: \"*\"}]}\n",
       "defaults: {unlisted: allow}", "fs.read", false},
      {"no such capability", "capabilities: {required: [{id: teleport}]}\n", "defaults: {unlisted: allow}",
       "teleport", false},
      {"a revoked plugin", kReadWorkspace, "revoked: [{plugin: com.acme.x}]\ndefaults: {unlisted: allow}",
       "fs.read", false},
      {"another version is revoked", kReadWorkspace,
       "revoked: [{plugin: com.acme.x, version: \"<1.0\"}]\ndefaults: {unlisted: allow}", "fs.read", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const Grants grants = resolved(c.manifest, c.policy);
    REQUIRE(grants.decision(c.capability) != nullptr);
    CHECK(grants.decision(c.capability)->granted == c.granted);
    CHECK((grants.find(c.capability) != nullptr) == c.granted);
  }
}

TEST_CASE("every layer's pattern is kept, none is simplified") {
  const Grants grants = resolved(
      "capabilities: {required: [{id: fs.read, allow: [{path: \"$WORKSPACE/**\", max_bytes: 8MiB}], deny: "
      "[{path: a}]}]}\n",
      "sets: {s: [{id: fs.read, allow: [{path: b}]}], t: [{id: \"fs.*\", allow: [{path: c}]}]}\n"
      "ceiling: [{max: [s, t], deny: [{id: \"fs.*\", path: d}]}]\n"
      "organisation: [{max: [s]}]\n"
      "grants:\n"
      "  - {plugin: com.acme.x, capability: fs.read, allow: [{path: e}], deny: [{path: f}]}\n"
      "  - {plugin: com.acme.x, capability: fs.read, allow: [{path: g}]}");
  const cloche::Grant* grant = grants.find("fs.read");
  REQUIRE(grant != nullptr);
  const cloche::Catalogue catalogue = sample_catalogue();
  const cloche::CatalogueEntry& entry = *catalogue.find("fs.read");
  std::vector<std::string> allowed;
  for (const auto& set : grant->allow)
    allowed.push_back(std::string(to_string(set.origin.layer)) + ": " + describe(set, entry));
  CHECK(allowed == std::vector<std::string>{"manifest: max_bytes 8MiB, path $WORKSPACE/**",
                                            "ceiling: path b or path c", "organisation: path b",
                                            "grant: path e or path g"});
  std::vector<std::string> denied;
  for (const auto& set : grant->deny)
    denied.push_back(std::string(to_string(set.origin.layer)) + ": " + describe(set, entry));
  CHECK(denied == std::vector<std::string>{"manifest: path a", "ceiling: path d", "grant: path f"});
  CHECK(std::get<std::uint64_t>(grant->allow[0].rules[0].fields.at("max_bytes")) == 8U << 20);
}

TEST_CASE("every decision says which layer and line made it") {
  const Grants grants =
      resolved(kReadWorkspace, "defaults: {unlisted: allow}\nceiling:\n  - deny: [{id: fs.read}]");
  const cloche::Decision& decision = *grants.decision("fs.read");
  CHECK(decision.required);
  CHECK(decision.reason == "r");
  REQUIRE(decision.steps.size() == 3);
  CHECK(decision.steps[0].effect == Effect::asks);
  CHECK(decision.steps[0].origin.where == cloche::SourceLocation{"plugin.yaml", 5, 27});
  CHECK(decision.steps[1].effect == Effect::denies);
  CHECK(decision.steps[1].origin.layer == Layer::ceiling);
  CHECK(decision.steps[1].origin.where == cloche::SourceLocation{"policy.yaml", 4, 12});
  CHECK(decision.steps[2].origin.layer == Layer::defaults);
  CHECK(decision.steps[2].origin.where.line == 2);
  CHECK(denied_by(grants, "fs.read") == Layer::ceiling);
  CHECK(denied_by(resolved(kReadWorkspace, ""), "fs.read") == Layer::defaults);
  CHECK(denied_by(resolved(kReadWorkspace, "organisation: [{max: []}]"), "fs.read") == Layer::organisation);
  CHECK(denied_by(resolved(kReadWorkspace, "revoked: [{plugin: \"*\"}]"), "fs.read") == Layer::revocation);
  CHECK(denied_by(resolved("capabilities: {optional: [{id: nope}]}\n", ""), "nope") == Layer::host);
}

TEST_CASE("a prompt is left open only where somebody can decide") {
  const cloche::ResolveContext here{on(2026).now, true};
  const Grants open = resolved(kOptionalLog, "", here);
  CHECK(open.decision("log")->prompt);
  CHECK_FALSE(open.decision("log")->granted);
  CHECK(open.find("log") == nullptr);
  CHECK_FALSE(resolved(kOptionalLog, "ceiling: [{deny: [{id: log}]}]", here).decision("log")->prompt);
  CHECK_FALSE(resolved(kOptionalLog, "organisation: [{locked: true}]", here).decision("log")->prompt);
  CHECK_FALSE(resolved(kOptionalLog, "revoked: [{plugin: com.acme.x}]", here).decision("log")->prompt);
  CHECK_FALSE(resolved(kOptionalLog, "defaults: {no_ui: allow}\norganisation: [{locked: true}]")
                  .decision("log")
                  ->granted);
  CHECK(resolved(kReadWorkspace, "defaults: {unlisted: prompt}", here).decision("fs.read")->prompt);
}

TEST_CASE("grants end when they say") {
  constexpr std::string_view kGrant =
      "grants: [{plugin: com.acme.x, capability: fs.read, allow: \"*\", expires: 2027-01-01}]";
  CHECK(resolved(kReadWorkspace, kGrant, on(2026)).find("fs.read") != nullptr);
  CHECK(resolved(kReadWorkspace, kGrant, on(2027)).find("fs.read") == nullptr);
  CHECK(resolved(kReadWorkspace, kGrant).find("fs.read") == nullptr);
}

TEST_CASE("a changed publisher key voids grants") {
  const auto with_key = [](std::string_view key) {
    return "publisher: {name: A, key: \"" + std::string(key) + "\"}\n" + std::string(kReadWorkspace);
  };
  const std::string grant = "grants: [{plugin: com.acme.x, publisher_key: \"" + std::string(kKey) +
                            "\", capability: fs.read, allow: \"*\"}]";
  CHECK(resolved(with_key(kKey), grant).find("fs.read") != nullptr);
  CHECK(resolved(with_key(kOtherKey), grant).find("fs.read") == nullptr);
  CHECK(resolved(kReadWorkspace, grant).find("fs.read") == nullptr);
  constexpr std::string_view kUnsigned =
      "grants: [{plugin: com.acme.x, publisher_key: none, capability: fs.read, allow: \"*\"}]";
  CHECK(resolved(kReadWorkspace, kUnsigned).find("fs.read") != nullptr);
  CHECK(resolved(with_key(kKey), kUnsigned).find("fs.read") == nullptr);
}

TEST_CASE("revoking and narrowing reach prereleases too, granting does not") {
  const auto version = [](std::string_view text, std::string_view policy) {
    auto manifest = cloche::parse_manifest(small_manifest(kReadWorkspace), "p").value();
    manifest.version = cloche::Version::parse(text).value();
    const auto parsed = cloche::parse_policy("policy_version: 1\n" + std::string(policy), "p").value();
    return resolve(manifest, parsed, sample_catalogue()).find("fs.read") != nullptr;
  };
  CHECK_FALSE(version("1.1.0-beta",
                      "defaults: {unlisted: allow}\nrevoked: [{plugin: com.acme.x, version: \"<1.2\"}]"));
  CHECK_FALSE(version(
      "1.1.0-beta", "defaults: {unlisted: allow}\nceiling: [{match: {version: 1.x}, deny: [{id: \"*\"}]}]"));
  CHECK_FALSE(version("1.1.0-beta",
                      "grants: [{plugin: com.acme.x, version: 1.x, capability: fs.read, allow: \"*\"}]"));
  CHECK(version("1.1.0", "grants: [{plugin: com.acme.x, version: 1.x, capability: fs.read, allow: \"*\"}]"));
}

TEST_CASE("limits are the smallest of all layers, isolation is the strictest") {
  const Grants plain = resolved("", "");
  CHECK(plain.limits.heap == cloche::Limits().heap);
  CHECK(plain.limits.host_calls_per_second == cloche::Limits::kUnlimited);
  CHECK(plain.isolation == cloche::Isolation::isolate);
  const Grants grants = resolved(
      "isolation: context\nlimits: {heap: 256MiB, timers: 5, cpu_per_call: 1m}\n",
      "defaults: {isolation_at_least: isolate}\n"
      "ceiling: [{limits: {heap: 128MiB, timers: 50}}, {match: {plugin: com.evil.*}, limits: {heap: 1MiB}}]\n"
      "organisation: [{limits: {heap: 200MiB, cpu_per_call: 2s}, isolation_at_least: process}]");
  CHECK(grants.limits.heap == 128U << 20);
  CHECK(grants.limits.timers == 5);
  CHECK(grants.limits.cpu_per_call == std::chrono::seconds(2));
  CHECK(grants.limits.mailbox == cloche::Limits().mailbox);
  CHECK(grants.isolation == cloche::Isolation::process);
  CHECK(resolved("isolation: process\n", "defaults: {isolation_at_least: context}").isolation ==
        cloche::Isolation::process);
}

TEST_CASE("a missing required capability is told with its place, the layer and what to do") {
  CHECK_FALSE(missing_required(resolved(kReadWorkspace, "defaults: {unlisted: allow}")));
  CHECK_FALSE(missing_required(resolved(kOptionalLog, "")));
  const auto unlisted = missing_required(resolved(kReadWorkspace, ""));
  REQUIRE(unlisted);
  CHECK(to_string(*unlisted) ==
        "plugin.yaml:5:27: error[not_capable]: the required capability 'fs.read' is not granted: no grant "
        "covers it and "
        "defaults.unlisted says deny; add a grant for it to the policy");
  const auto ceiling = missing_required(resolved(kReadWorkspace, "ceiling: [{deny: [{id: fs.read}]}]"));
  REQUIRE(ceiling);
  CHECK(ceiling->message() ==
        "the required capability 'fs.read' is not granted: the host's ceiling denies fs.read "
        "(policy.yaml:2:19); ask for "
        "less in the manifest, or have the host's author raise the ceiling");
  const auto several = missing_required(
      resolved("capabilities: {required: [{id: log}, {id: storage}, {id: teleport}]}\n", ""));
  REQUIRE(several);
  CHECK(several->more().size() == 2);
}

TEST_CASE("a revoked plugin is refused even if it asks for nothing") {
  const Grants grants = resolved("", "revoked: [{plugin: com.acme.x, version: 1.x}]");
  REQUIRE(grants.refused);
  CHECK(grants.refused->origin.where.line == 2);
  const auto error = missing_required(grants);
  REQUIRE(error);
  CHECK(error->code() == cloche::Errc::not_capable);
  CHECK(error->message().find("the plugin com.acme.x is revoked in the versions 1.x") == 0);
}

TEST_CASE("policies made by a program") {
  const auto manifest = cloche::parse_manifest(kWholeManifest, "p").value();
  const Grants all = resolve(manifest, cloche::Policy::grant_all(), sample_catalogue());
  CHECK(all.granted.size() == 3);
  cloche::Policy one;
  one.add_grant("fs.read");
  const Grants only_read = resolve(manifest, one, sample_catalogue());
  REQUIRE(only_read.granted.size() == 1);
  CHECK(only_read.granted[0].capability == "fs.read");
  one.add_grant("net.*", "com.other.*");
  CHECK(resolve(manifest, one, sample_catalogue()).granted.size() == 1);
  cloche::Policy narrowed =
      cloche::parse_policy("policy_version: 1\nceiling: [{deny: [{id: exec}]}]", "p").value();
  narrowed.allow_unlisted();
  CHECK(resolve(manifest, narrowed, sample_catalogue()).granted.size() == 2);
}

TEST_CASE("what is shown hides nothing") {
  const Grants grants = resolved(
      "capabilities: {required: [{id: fs.read, reason: \"nice\\u202Eexe\", allow: [{path: "
      "\"a\\u200Bb\"}]}]}\n",
      "defaults: {unlisted: allow}");
  CHECK(grants.decision("fs.read")->reason == "nice\\u{202e}exe");
  CHECK(grants.decision("fs.read")->steps[0].text.find("a\\u{200b}b") != std::string::npos);
}

TEST_CASE("the whole example resolves as it reads") {
  const auto manifest = cloche::parse_manifest(kWholeManifest, "plugin.yaml").value();
  const auto policy = cloche::parse_policy(kWholePolicy, "policy.yaml").value();
  const Grants grants = resolve(manifest, policy, sample_catalogue(), on(2026));
  CHECK(grants.plugin == "com.acme.git-helper");
  CHECK(grants.version == "2.3.0");
  CHECK(denied_by(grants, "fs.read") == Layer::defaults);
  CHECK(denied_by(grants, "net.fetch") == Layer::organisation);
  CHECK(denied_by(grants, "exec") == Layer::organisation);
  CHECK(grants.limits.heap == 64U << 20);
}
