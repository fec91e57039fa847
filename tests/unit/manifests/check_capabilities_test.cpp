#include "result_text.h"
#include "samples.h"

#include <cloche/manifest.h>
#include <cloche/policy.h>

namespace {

cloche::Result<void> check(std::string_view requests) {
  const auto manifest = cloche::parse_manifest(
      small_manifest("capabilities:\n  required:\n    - " + std::string(requests) + "\n"), "p");
  REQUIRE(manifest);
  return check_capabilities(*manifest, sample_catalogue());
}

std::string complaint(std::string_view requests) {
  const auto result = check(requests);
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == cloche::Errc::manifest_invalid);
  return to_string(*result.error().where()) + ": " + result.error().message();
}

cloche::Result<void> check_policy(std::string_view rest) {
  const auto policy = cloche::parse_policy("policy_version: 1\n" + std::string(rest) + "\n", "p");
  REQUIRE(policy);
  return check_capabilities(*policy, sample_catalogue());
}

}  // namespace

TEST_CASE("what fits the catalogue passes") {
  CHECK(check("{id: log}"));
  CHECK(check("{id: log, allow: \"*\"}"));
  CHECK(check("{id: fs.read, allow: \"*\"}"));
  CHECK(check("{id: fs.read, allow: []}"));
  CHECK(
      check("{id: net.fetch, allow: [{url: \"https://a/*\", methods: [GET], timeout: 2s, retries: 3, "
            "cookies: false}]}"));
  CHECK(check("{id: net.fetch, allow: \"*\", deny: [{addresses: [private]}]}"));
  CHECK(check_capabilities(cloche::parse_manifest(kWholeManifest, "p").value(), sample_catalogue()));
  CHECK(check_capabilities(cloche::parse_policy(kWholePolicy, "p").value(), sample_catalogue()));
}

TEST_CASE("an unknown capability is told from those there are") {
  CHECK(complaint("{id: fs.reed, allow: \"*\"}") ==
        "p:7:7: this host has no capability 'fs.reed'; did you mean 'fs.read'?");
  CHECK(complaint("{id: fs, allow: \"*\"}") ==
        "p:7:7: this host has no capability 'fs'; ask for 'fs.read' or 'fs.write'");
  CHECK(complaint("{id: something-else}").find("it has log, storage") != std::string::npos);
}

TEST_CASE("a scope that grants nothing by mistake is told") {
  CHECK(complaint("{id: fs.read}") ==
        "p:7:7: without allow, fs.read grants nothing; write allow: \"*\" for everything, or rules with "
        "path, max_bytes");
  CHECK(complaint("{id: log, allow: [{path: x}]}").find("p:7:25: log takes no scope") == 0);
  CHECK(complaint("{id: fs.read, allow: [{max_bytes: 1MiB}]}") ==
        "p:7:29: a rule of fs.read needs the field 'path'; add it");
}

TEST_CASE("fields of a scope are checked as the catalogue says, each at its place") {
  CHECK(complaint("{id: fs.read, allow: [{path: x, pth: z}]}") ==
        "p:7:44: the scope of fs.read has no field 'pth'; did you mean 'path'?");
  struct Case {
    const char* fields;
    const char* message;
  };
  const Case cases[] = {
      {"timeout: 2", "a duration needs its unit; write 2ms"},
      {"timeout: 2MiB", "such as 50ms"},
      {"timeout: [2s]", "expected a single value, found a list"},
      {"retries: many", "expected a whole number, found the text 'many'"},
      {"retries: true", "true and false mean nothing here"},
      {"cookies: 1", "expected true or false, found the number 1"},
      {"methods: GET", "expected a list of texts; write [GET]"},
      {"methods: [GOT]", "'GOT' is not one of GET, HEAD, POST; did you mean 'GET'?"},
      {"redirects: 5", "put 5 in quotes"},
      {"redirects: sme-rule", "did you mean 'same-rule'?"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.fields);
    const std::string text =
        complaint("{id: net.fetch, allow: [{url: \"https://a/*\", " + std::string(c.fields) + "}]}");
    CHECK(text.find(c.message) != std::string::npos);
  }
  CHECK(complaint("{id: fs.read, allow: [{path: x, max_bytes: 8}]}")
            .find("p:7:50: a size needs its unit; write 8B") == 0);
  CHECK(complaint("{id: fs.read, allow: [{path: x, max_bytes: 8mb}]}").find("unknown unit") !=
        std::string::npos);
  CHECK(complaint("{id: fs.read, allow: [{path: \"a/../b\"}]}").find("'..'") != std::string::npos);
  CHECK(complaint("{id: fs.read, allow: [{path: \"a\\\\b\"}]}").find("backslash") != std::string::npos);
  CHECK(complaint("{id: fs.read, allow: [{path: \"\"}]}").find("empty") != std::string::npos);
  CHECK(complaint("{id: net.fetch, allow: [{url: example.com}]}").find("not a URL pattern") !=
        std::string::npos);
}

TEST_CASE("several complaints come together") {
  const auto result = check("{id: fs.read, allow: [{pth: z}]}\n    - {id: nope-nope}");
  REQUIRE_FALSE(result);
  CHECK(result.error().more().size() == 2);
}

TEST_CASE("a policy is checked against the catalogue too") {
  CHECK(check_policy("ceiling: [{deny: [{id: \"unknown.*\", x: z}]}]"));
  CHECK(check_policy("ceiling: [{deny: [{id: \"net.*\", addresses: [private]}]}]"));
  CHECK_FALSE(check_policy("ceiling: [{deny: [{id: \"net.*\", adresses: [private]}]}]"));
  CHECK_FALSE(check_policy("ceiling: [{deny: [{id: fs.reed}]}]"));
  CHECK_FALSE(check_policy("organisation: [{deny: [{id: fs.read, pth: x}]}]"));
  CHECK_FALSE(check_policy("sets: {a: [{id: fs.read}]}"));
  CHECK_FALSE(check_policy("sets: {a: [{id: fs.read, allow: [{path: x, pth: z}]}]}"));
  CHECK_FALSE(check_policy("grants: [{plugin: a.b, capability: nope}]"));
  CHECK_FALSE(check_policy("grants: [{plugin: a.b, capability: fs.read, allow: \"*\", deny: [{pth: x}]}]"));
  CHECK(check_policy("grants: [{plugin: a.b, capability: fs.read, allow: \"*\", deny: [{path: x}]}]"));
}
