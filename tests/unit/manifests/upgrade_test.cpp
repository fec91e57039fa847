#include "result_text.h"
#include "samples.h"

#include <cloche/upgrade.h>

namespace {

using cloche::CapabilityChange;
using cloche::compare;
using cloche::Manifest;
using cloche::Upgrade;
using Kind = CapabilityChange::Kind;
using Verdict = Upgrade::Verdict;

Manifest manifest(std::string_view required, std::string_view optional = {}) {
  const std::string text = "capabilities:\n  required: [" + std::string(required) + "]\n  optional: [" +
                           std::string(optional) + "]\n";
  return cloche::parse_manifest(small_manifest(text), "plugin.yaml").value();
}

struct Judged {
  Kind kind = Kind::unchanged;
  Verdict verdict = Verdict::silent;

  friend bool operator==(const Judged&, const Judged&) = default;
};

// What becomes of one required capability whose entry was `before` and is `after`.
Judged judged(const std::string& before, const std::string& after) {
  const Upgrade upgrade = compare(manifest(before), manifest(after), sample_catalogue());
  REQUIRE(upgrade.changes.size() == 1);
  CHECK_FALSE(upgrade.changes[0].text.empty());
  CHECK_FALSE(upgrade.text.empty());
  return {upgrade.changes[0].kind, upgrade.verdict};
}

std::string read_of(const std::string& rest) { return "{id: fs.read, " + rest + "}"; }
std::string fetch_of(const std::string& rest) {
  return "{id: net.fetch, allow: [{url: \"https://a/*\"" + rest + "}]}";
}

constexpr Judged kSame{Kind::unchanged, Verdict::silent};
constexpr Judged kNarrower{Kind::narrower, Verdict::silent};
constexpr Judged kWider{Kind::wider, Verdict::needs_consent};

}  // namespace

TEST_CASE("what asks for the same or provably less passes silently") {
  const std::string both = read_of("allow: [{path: a}, {path: b, max_bytes: 8MiB}]");
  CHECK(judged(both, both) == kSame);
  CHECK(judged(both, read_of("allow: [{path: b, max_bytes: 8192KiB}, {path: a}]")) == kSame);
  CHECK(judged("{id: storage}", "{id: storage, allow: \"*\"}") == kSame);
  CHECK(judged(both, read_of("allow: [{path: a}]")) == kNarrower);
  CHECK(judged(both, read_of("allow: [{path: a}, {path: b, max_bytes: 4MiB}]")) == kNarrower);
  CHECK(judged(both, read_of("allow: []")) == kNarrower);
  CHECK(judged(read_of("allow: \"*\""), both) == kNarrower);
  CHECK(judged(both, read_of("allow: [{path: a}, {path: b, max_bytes: 8MiB}], deny: [{path: c}]")) ==
        kNarrower);
  CHECK(judged(fetch_of(", timeout: 2s, retries: 3"), fetch_of(", timeout: 1500ms, retries: 3")) ==
        kNarrower);
  CHECK(judged(fetch_of(", retries: 3"), fetch_of(", retries: 2")) == kNarrower);
  CHECK(judged(fetch_of(", methods: [GET, POST]"), fetch_of(", methods: [GET]")) == kNarrower);
  CHECK(judged(fetch_of(", methods: [GET, POST]"), fetch_of(", methods: [POST, GET]")) == kSame);
}

TEST_CASE("everything else is wider and is asked about") {
  const std::string one = read_of("allow: [{path: a, max_bytes: 8MiB}], deny: [{path: c}]");
  CHECK(judged(one, read_of("allow: \"*\", deny: [{path: c}]")) == kWider);
  CHECK(judged(one, read_of("allow: [{path: a, max_bytes: 8MiB}, {path: b}], deny: [{path: c}]")) == kWider);
  CHECK(judged(one, read_of("allow: [{path: a, max_bytes: 9MiB}], deny: [{path: c}]")) == kWider);
  CHECK(judged(one, read_of("allow: [{path: a, max_bytes: 8MiB}]")) == kWider);
  CHECK(judged(one, read_of("allow: [{path: a, max_bytes: 8MiB}], deny: [{path: d}]")) == kWider);
  CHECK(judged(fetch_of(", methods: [GET]"), fetch_of(", methods: [GET, POST]")) == kWider);
}

TEST_CASE("what cannot be proved to be narrower is wider") {
  // A pattern may stand for more than it looks, and a default for more than what was written.
  CHECK(judged(read_of("allow: [{path: \"**\"}]"), read_of("allow: [{path: a}]")) == kWider);
  CHECK(judged(read_of("allow: [{path: a}]"), read_of("allow: [{path: a, max_bytes: 1B}]")) == kWider);
  CHECK(judged(read_of("allow: [{path: a, max_bytes: 1B}]"), read_of("allow: [{path: a}]")) == kWider);
  CHECK(judged(fetch_of(", cookies: true"), fetch_of(", cookies: false")) == kWider);
  CHECK(judged(fetch_of(", redirects: same-rule"), fetch_of(", redirects: none")) == kWider);
  CHECK(judged(fetch_of(", methods: [GET]"), fetch_of(", methods: []")) == kWider);
  // The arguments of a command are a pattern, not a set: fewer of them can be more commands.
  CHECK(judged("{id: exec, allow: [{command: git, args: [blame, \"**\"]}]}",
               "{id: exec, allow: [{command: git, args: [\"**\"]}]}") == kWider);
  CHECK(judged("{id: exec, allow: [{command: git, args: [a, b]}]}",
               "{id: exec, allow: [{command: git, args: [b, a]}]}") == kWider);
}

TEST_CASE("two old rules do not make a new one") {
  CHECK(judged(fetch_of(", methods: [GET], retries: 1}, {url: \"https://a/*\", methods: [POST], retries: 9"),
               fetch_of(", methods: [GET], retries: 9")) == kWider);
}

TEST_CASE("whether a capability is required is part of what was accepted") {
  const cloche::Catalogue catalogue = sample_catalogue();
  const std::string log = "{id: log}";
  Upgrade upgrade = compare(manifest(log), manifest("", log), catalogue);
  CHECK(upgrade.changes[0].kind == Kind::narrower);
  CHECK(upgrade.verdict == Verdict::silent);
  upgrade = compare(manifest("", log), manifest(log), catalogue);
  CHECK(upgrade.changes[0].kind == Kind::wider);
  CHECK(upgrade.verdict == Verdict::needs_consent);
}

TEST_CASE("new capabilities are asked about where they are required, and stay ungranted where not") {
  const cloche::Catalogue catalogue = sample_catalogue();
  Upgrade upgrade = compare(manifest("{id: log}"), manifest("{id: log}", "{id: storage}"), catalogue);
  REQUIRE(upgrade.changes.size() == 2);
  CHECK(upgrade.changes[1].kind == Kind::new_optional);
  CHECK(upgrade.changes[1].where.line == 7);
  CHECK(upgrade.verdict == Verdict::silent);
  upgrade = compare(manifest("{id: log}"), manifest("{id: log}, {id: storage}"), catalogue);
  CHECK(upgrade.changes[1].kind == Kind::new_required);
  CHECK(upgrade.verdict == Verdict::needs_consent);
  upgrade = compare(manifest("{id: log}, {id: storage}"), manifest("{id: storage}"), catalogue);
  REQUIRE(upgrade.changes.size() == 2);
  CHECK(upgrade.changes[1].capability == "log");
  CHECK(upgrade.changes[1].kind == Kind::removed);
  CHECK(upgrade.verdict == Verdict::silent);
}

TEST_CASE("a wider optional capability is no reason to keep the old version") {
  const Upgrade upgrade = compare(manifest("", read_of("allow: [{path: a}]")),
                                  manifest("", read_of("allow: [{path: a}, {path: b}]")), sample_catalogue());
  CHECK(upgrade.changes[0].kind == Kind::wider);
  CHECK(upgrade.verdict == Verdict::silent);
}

TEST_CASE("another publisher inherits nothing") {
  const cloche::Catalogue catalogue = sample_catalogue();
  Manifest accepted = manifest("{id: log}", "{id: storage}");
  Manifest next = accepted;
  for (const auto& [before, after] :
       {std::pair(kKey, kOtherKey), {kKey, std::string_view()}, {std::string_view(), kKey}}) {
    accepted.publisher.key = before;
    next.publisher.key = after;
    const Upgrade upgrade = compare(accepted, next, catalogue);
    CHECK(upgrade.verdict == Verdict::other_publisher);
    REQUIRE(upgrade.changes.size() == 2);
    CHECK(upgrade.changes[0].kind == Kind::new_required);
    CHECK(upgrade.changes[1].kind == Kind::new_optional);
  }
  next.publisher.key = accepted.publisher.key;
  next.id = "com.acme.y";
  CHECK(compare(accepted, next, catalogue).verdict == Verdict::other_publisher);
}

TEST_CASE("of a capability the host does not have, only the same words are the same") {
  const std::string before = "{id: gpu, allow: [{cores: 4}]}";
  CHECK(judged(before, before) == kSame);
  CHECK(judged(before, "{id: gpu, allow: [{cores: 3}]}") == kWider);
}

TEST_CASE("the sentence of a change says what is asked for and what was accepted") {
  const Upgrade upgrade =
      compare(manifest(read_of("allow: [{path: a}]")),
              manifest(read_of("allow: [{path: a}, {path: b}], deny: [{path: c}]")), sample_catalogue());
  CHECK(upgrade.changes[0].text ==
        "fs.read asks for more, or for what cannot be compared: path a or path b, but not path c, where path "
        "a was "
        "accepted");
}
