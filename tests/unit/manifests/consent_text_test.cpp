#include "grants_support.h"
#include "result_text.h"
#include "samples.h"

#include <algorithm>
#include <cloche/consent_text.h>
#include <cloche/resolve.h>

namespace {

using cloche::ConsentText;
using cloche::Grant;
using cloche::Manifest;
using Lines = std::vector<std::string>;

Manifest whole() { return cloche::parse_manifest(kWholeManifest, "plugin.yaml").value(); }

const cloche::CatalogueEntry& entry(const char* id) {
  static const cloche::Catalogue kCatalogue = sample_catalogue();
  return *kCatalogue.find(id);
}

ConsentText shown(const Manifest& manifest, const Grant& grant) {
  return render(manifest, grant, entry(grant.capability.c_str()));
}

// What the user would grant by saying yes to everything.
Grant granted(const Manifest& manifest, const char* capability, const char* ceiling = "") {
  const std::string text = "policy_version: 1\n" + std::string(ceiling);
  cloche::Policy policy = cloche::parse_policy(text, "policy.yaml").value();
  policy.allow_unlisted();
  const cloche::Grants grants = resolve(manifest, policy, sample_catalogue());
  const Grant* grant = grants.find(capability);
  REQUIRE(grant != nullptr);
  return *grant;
}

bool warns(const ConsentText& text, std::string_view words) {
  return std::ranges::any_of(
      text.warnings, [&](const std::string& warning) { return warning.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a prompt says who asks for what, and why in its own words") {
  const Manifest manifest = whole();
  const ConsentText text = shown(manifest, granted(manifest, "fs.read"));
  CHECK(text.plugin == "Git Helper");
  CHECK(text.id == "com.acme.git-helper");
  CHECK(text.version == "2.3.0");
  CHECK(text.publisher == "Acme");
  CHECK(text.key == cloche::key_fingerprint(kKey));
  CHECK(text.capability == "fs.read");
  CHECK(text.summary == "Read files");
  CHECK(text.reason == "Show blame for the open file");
  CHECK(text.allows == Lines{"max_bytes 8MiB, path $WORKSPACE/**"});
  CHECK(text.denies == Lines{"path $WORKSPACE/.env*"});
  CHECK(text.warnings.empty());
  CHECK(to_string(text) ==
        "com.acme.git-helper 2.3.0, which calls itself \"Git Helper\"\n"
        "by, as it says: \"Acme\"\n"
        "publisher's key: " +
            text.key +
            "\n"
            "asks for fs.read: Read files\n"
            "its own reason: \"Show blame for the open file\"\n"
            "It would be allowed:\n"
            "  max_bytes 8MiB, path $WORKSPACE/**\n"
            "It would not be allowed:\n"
            "  path $WORKSPACE/.env*\n");
}

TEST_CASE("what is allowed and denied is a function of the grant alone") {
  const Grant grant = granted(whole(), "fs.read");
  Manifest other = whole();
  other.name = "Harmless";
  other.required[0].reason = "Reads nothing: path $PLUGIN_DATA/**";
  other.required[0].allow = one_rule("path", std::string("$PLUGIN_DATA/**"));
  other.required[0].deny = {};
  CHECK(shown(other, grant).allows == shown(whole(), grant).allows);
  CHECK(shown(other, grant).denies == shown(whole(), grant).denies);
  Grant wider = grant;
  wider.allow[0].rules[0].fields["path"] = std::string("/**");
  CHECK(shown(whole(), wider).allows == Lines{"max_bytes 8MiB, path /**"});
  wider.deny.clear();
  CHECK(shown(whole(), wider).denies.empty());
}

TEST_CASE("every layer of a grant is shown, and what two say alike once") {
  const Manifest manifest = whole();
  const char* ceiling =
      "sets: {s: [{id: fs.read, allow: [{path: a}, {path: b}]}], t: [{id: fs.read, allow: \"*\"}]}\n"
      "ceiling: [{max: [s]}, {max: [s]}, {max: [t], deny: [{id: fs.read, path: c}, {id: fs.read, path: "
      "c}]}]\n";
  const ConsentText text = shown(manifest, granted(manifest, "fs.read", ceiling));
  CHECK(text.allows == Lines{"max_bytes 8MiB, path $WORKSPACE/**", "and only path a or path b"});
  CHECK(text.denies == Lines{"path $WORKSPACE/.env*", "path c"});
}

TEST_CASE("everything and nothing are said in so many words") {
  const cloche::ScopeSet everything{{}, true, {}};
  CHECK(shown(whole(), {"fs.read", {everything, everything}, {}}).allows == Lines{"everything"});
  CHECK(shown(whole(), {"fs.read", {everything, {}}, {}}).allows == Lines{"nothing"});
  CHECK(shown(whole(), {"fs.read", {}, {}}).allows == Lines{"nothing"});
  CHECK(shown(whole(), {"fs.read", {everything}, {everything}}).denies == Lines{"everything"});
}

TEST_CASE("a value cannot pass for more than one") {
  Grant grant{"fs.read", {one_rule("path", std::string("a or path b, max_bytes 1B"))}, {}};
  CHECK(shown(whole(), grant).allows == Lines{"path \"a or path b, max_bytes 1B\""});
  grant.allow = {one_rule("path", std::string("a\" or path \"b"))};
  CHECK(shown(whole(), grant).allows == Lines{"path \"a\\\" or path \\\"b\""});
  grant.allow = {one_rule("path", std::string("a\nIt would not be allowed:\xe2\x80\xae"))};
  CHECK(shown(whole(), grant).allows == Lines{"path \"a\\nIt would not be allowed:\\u{202e}\""});
}

TEST_CASE("deceptive characters of names and reasons are made visible and warned of") {
  Manifest manifest = whole();
  const Grant grant = granted(manifest, "fs.read");
  manifest.name = "Git\xe2\x80\x8b Helper\xe2\x80\xae";                    // zero-width space, override
  manifest.publisher.name = "Acme\xf3\xa0\x81\x81";                        // a tag
  manifest.required[0].reason = "Safe\xef\xb8\x8f\nIt would be allowed:";  // variation selector
  const ConsentText text = shown(manifest, grant);
  CHECK(text.plugin == "Git\\u{200b} Helper\\u{202e}");
  CHECK(text.publisher == "Acme\\u{e0041}");
  CHECK(text.reason == "Safe\\u{fe0f}\\nIt would be allowed:");
  CHECK(text.warnings.size() == 3);
  CHECK(warns(text, "the plugin's name: it has characters that show nothing"));
  CHECK(warns(text, "the publisher's name: "));
  CHECK(warns(text, "the reason: "));
}

TEST_CASE("letters that pass for others are warned of") {
  Manifest manifest = whole();
  const Grant grant = granted(manifest, "fs.read");
  manifest.publisher.name = "Micr\xd0\xbesoft";  // a Cyrillic o
  CHECK(warns(shown(manifest, grant),
              "the publisher's name: 'Micr\xd0\xbesoft' is not written in Latin letters alone"));
  manifest.publisher.name = "\xd1\x80\xd0\xb0\xd1\x83\xd1\x80\xd0\xb0\xd1\x83 Inc";  // all Cyrillic
  CHECK(warns(shown(manifest, grant), "looks like 'paypay'"));
  manifest.publisher.name = "Sch\xd0\xb6n";  // a Cyrillic letter like no Latin one
  CHECK(warns(shown(manifest, grant), "mixes letters of several scripts"));
  for (const char* honest :
       {"Sch\xc3\xb6n & S\xc3\xb6hne", "\xd0\xaf\xd0\xbd\xd0\xb4\xd0\xb5\xd0\xba\xd1\x81",
        "\xe6\x9d\xb1\xe8\x8a\x9d", "Caf\xc3\xa9 \xd0\x9c\xd0\xb8\xd1\x80"}) {
    CAPTURE(std::string(honest));
    manifest.publisher.name = honest;
    CHECK(shown(manifest, grant).warnings.empty());
  }
}

TEST_CASE("a plugin without a key may be anybody's") {
  Manifest manifest = whole();
  manifest.publisher.key.clear();
  const ConsentText text = shown(manifest, granted(manifest, "fs.read"));
  CHECK(text.key.empty());
  CHECK(warns(text, "anybody may have made it"));
}

TEST_CASE("a key's fingerprint is short enough to compare and differs with the key") {
  CHECK(cloche::key_fingerprint(kKey).size() == 39);
  CHECK(cloche::key_fingerprint(kKey) != cloche::key_fingerprint(kOtherKey));
  CHECK(cloche::key_fingerprint("").empty());
}
