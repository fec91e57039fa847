#include "result_text.h"
#include "samples.h"

#include <cloche/manifest.h>

using cloche::parse_manifest;

namespace {

cloche::Error error_of(std::string_view text) {
  const auto manifest = parse_manifest(text, "plugin.yaml");
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code() == cloche::Errc::manifest_invalid);
  REQUIRE(manifest.error().where());
  return manifest.error();
}

// What `cloche check` would print for the first error, without the code.
std::string complaint(std::string_view text) {
  const cloche::Error error = error_of(text);
  return to_string(*error.where()) + ": " + error.message();
}

}  // namespace

TEST_CASE("a manifest with every field is read whole") {
  const auto parsed = parse_manifest(kWholeManifest, "plugin.yaml");
  REQUIRE_MESSAGE(parsed, to_string(parsed.error()));
  const cloche::Manifest& m = *parsed;
  CHECK(m.id == "com.acme.git-helper");
  CHECK(m.name == "Git Helper");
  CHECK(m.description == "Blame and history beside the text");
  CHECK(to_string(m.version) == "2.3.0");
  CHECK(m.license == "MIT");
  CHECK(m.publisher.name == "Acme");
  CHECK(m.publisher.key == kKey);
  CHECK(m.engines.host.value().text() == ">=3.2 <4");
  CHECK(m.engines.api.value().text() == "^1.4");
  CHECK(m.main == "dist/main.ts");
  CHECK(m.main_where == cloche::SourceLocation{"plugin.yaml", 10, 7});
  CHECK(m.isolation == cloche::Isolation::isolate);
  CHECK(m.activation == std::vector<std::string>{"onCommand:git.blame", "onEvent:file.open", "onStartup"});
  CHECK(m.integrity.at("dist/main.ts") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  REQUIRE(m.dependencies.count("com.acme.core") == 1);
  CHECK(m.dependencies.at("com.acme.core").version.text() == "^2.1");
  CHECK_FALSE(m.dependencies.at("com.acme.core").optional);
  REQUIRE(m.provides.size() == 1);
  CHECK(m.provides[0].interface == "acme:git/blame");
  CHECK(to_string(m.provides[0].version) == "1.2.0");
  CHECK(m.provides[0].types == "types/blame.d.ts");
  REQUIRE(m.uses.size() == 1);
  CHECK(m.uses[0].optional);
  CHECK(m.config.schema == "config.schema.json");
  CHECK(m.config.defaults == R"({"depth":50})");
  REQUIRE(m.commands.size() == 1);
  CHECK(m.commands[0].shortcut == "Ctrl+Alt+B");
  CHECK(m.code_generation);
  CHECK(m.web_assembly);
  CHECK(m.hot_reload == cloche::Manifest::HotReload::export_state);
}

TEST_CASE("capability requests keep their scopes and places") {
  const cloche::Manifest m = parse_manifest(kWholeManifest, "plugin.yaml").value();
  REQUIRE(m.required.size() == 1);
  REQUIRE(m.optional.size() == 2);
  const cloche::CapabilityRequest& read = m.required[0];
  CHECK(read.id == "fs.read");
  CHECK(read.reason == "Show blame for the open file");
  CHECK(read.where == cloche::SourceLocation{"plugin.yaml", 16, 7});
  CHECK(read.has_allow);
  CHECK_FALSE(read.allow.everything);
  REQUIRE(read.allow.rules.size() == 1);
  CHECK(std::get<std::string>(read.allow.rules[0].fields.at("path")) == "$WORKSPACE/**");
  CHECK(std::get<std::string>(read.allow.rules[0].fields.at("max_bytes")) == "8MiB");
  CHECK(read.allow.rules[0].where == cloche::SourceLocation{"plugin.yaml", 18, 15});
  REQUIRE(read.deny.rules.size() == 1);
  CHECK(m.optional[0].when_denied == cloche::WhenDenied::throw_error);
  CHECK(std::get<std::vector<std::string>>(m.optional[1].allow.rules[0].fields.at("args")) ==
        std::vector<std::string>{"blame", "**"});
}

TEST_CASE("every limit is read") {
  const cloche::LimitRequests limits = parse_manifest(kWholeManifest, "plugin.yaml").value().limits;
  CHECK(limits.heap == 64U << 20);
  CHECK(limits.external == 32U << 20);
  CHECK(limits.cpu_per_call == std::chrono::milliseconds(50));
  CHECK(limits.wall_per_call == std::chrono::seconds(2));
  CHECK(limits.stack == 512U << 10);
  CHECK(limits.timers == 100);
  CHECK(limits.pending == 1000);
  CHECK(limits.mailbox == 256);
  CHECK(limits.message == 4U << 20);
  CHECK(limits.host_calls_per_second == 5000);
  CHECK(limits.log_per_second == 64U << 10);
  CHECK(limits.storage == 10U << 20);
}

TEST_CASE("what is left out has its default") {
  const cloche::Manifest m = parse_manifest(small_manifest(""), "plugin.yaml").value();
  CHECK(m.name == "com.acme.x");
  CHECK(m.isolation == cloche::Isolation::isolate);
  CHECK(m.required.empty());
  CHECK_FALSE(m.limits.heap);
  CHECK_FALSE(m.engines.host);
  CHECK(m.code_generation);
  CHECK(m.web_assembly);
  CHECK(m.hot_reload == cloche::Manifest::HotReload::drop_state);
  CHECK(m.config.defaults == "{}");
  const cloche::Manifest off =
      parse_manifest(small_manifest("code_generation: false\nweb_assembly: false\n"), "").value();
  CHECK_FALSE(off.code_generation);
  CHECK_FALSE(off.web_assembly);
}

TEST_CASE("an unknown field is refused with the one that was meant") {
  CHECK(complaint(small_manifest("pubisher: {name: Acme}\n")) ==
        "plugin.yaml:5:1: unknown field 'pubisher'; did you mean 'publisher'?");
  CHECK(complaint(small_manifest("limits: {heep: 64MiB}\n")) ==
        "plugin.yaml:5:10: unknown field 'heep'; did you mean 'heap'?");
  CHECK(complaint(small_manifest("capabilities: {required: [{id: log, whenn: x}]}\n"))
            .find("plugin.yaml:5:37: unknown") == 0);
  CHECK(complaint(small_manifest("hot_reload: {zzzzzzzzz: x}\n")) ==
        "plugin.yaml:5:14: unknown field 'zzzzzzzzz'; the fields here are state");
}

TEST_CASE("a missing field is named with an example") {
  CHECK(complaint("manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\n") ==
        "plugin.yaml:1:1: the field 'main' is missing; write 'main: dist/main.ts'");
  CHECK(complaint("id: com.acme.x\nversion: 1.0.0\nmain: a.js\n").find("'manifest_version: 1'") !=
        std::string::npos);
}

TEST_CASE("a value of another type is told from what was expected") {
  CHECK(complaint("manifest_version: 1\nid: com.acme.x\nversion: 1.0\nmain: a.js\n") ==
        "plugin.yaml:3:10: expected a text, such as 2.3.0, found the number '1.0'; put it in quotes if that "
        "is the text "
        "you mean");
  CHECK(complaint(small_manifest("limits: {heap: 64}\n")) ==
        "plugin.yaml:5:16: expected a text, such as 64MiB, found the number '64'; write its unit too");
  CHECK(
      complaint(small_manifest("limits: {timers: \"1\"}\n")) ==
      "plugin.yaml:5:18: expected a whole number, such as 100, found the text '1'; write it without quotes");
  CHECK(complaint(small_manifest("limits: {timers: -1}\n")) ==
        "plugin.yaml:5:18: expected a number of at least 0, found '-1'");
  CHECK(complaint(small_manifest("limits: {timers: 1.5}\n")).find("expected a whole number") !=
        std::string::npos);
  CHECK(complaint(small_manifest("code_generation: \"true\"\n")).find("write it without quotes") !=
        std::string::npos);
  CHECK(complaint(small_manifest("capabilities: [log]\n")).find("expected a map") != std::string::npos);
  CHECK(complaint(small_manifest("capabilities:\n  required: [{id: log, allow: all}]\n"))
            .find("plugin.yaml:6:31: expected \"*\" or a list") == 0);
  CHECK(complaint(small_manifest("description:\n")).find("expected a text") != std::string::npos);
  CHECK(complaint("[]").find("expected a map") != std::string::npos);
}

TEST_CASE("a word out of a few is told from those there are") {
  CHECK(complaint(small_manifest("isolation: proces\n")) ==
        "plugin.yaml:5:12: expected context, isolate or process, found the text 'proces'; did you mean "
        "'process'?");
  CHECK(complaint("manifest_version: 2\nid: com.acme.x\nversion: 1.0.0\nmain: a.js\n") ==
        "plugin.yaml:1:19: expected 1, found the number '2'");
}

TEST_CASE("wrong units are refused with the right ones") {
  CHECK(complaint(small_manifest("limits: {heap: 64mb}\n")) ==
        "plugin.yaml:5:16: '64mb' has an unknown unit; write a whole number and its unit (B, KiB, MiB, GiB), "
        "such as 64MiB");
  CHECK(complaint(small_manifest("limits: {cpu_per_call: 50MiB}\n")).find("such as 50ms") !=
        std::string::npos);
  CHECK(complaint(small_manifest("limits: {heap: 0B}\n")).find("more than 0B") != std::string::npos);
  CHECK(parse_manifest(small_manifest("limits: {storage: 0B}\n"), ""));
}

TEST_CASE("texts of a form are checked") {
  const char* const bad[] = {
      "publisher: {name: Acme, key: \"rsa:abc\"}",
      "publisher: {name: Acme, key: \"ed25519:short\"}",
      "engines: {host: latest}",
      "integrity: {a.js: sha256-abc}",
      "integrity: {../a.js: \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"}",
      "activation: [onStart]",
      "activation: [\"onCommand:git.blame\"]",
      "capabilities: {required: [{id: FS.read}]}",
      "capabilities: {required: [{id: \"fs.*\"}]}",
      "capabilities: {required: [{id: log, when_denied: throw}]}",
      "capabilities: {required: [{id: log}], optional: [{id: log}]}",
      "dependencies: {Core: {version: ^1}}",
      "dependencies: {com.acme.x: {version: ^1}}",
      "dependencies: {com.acme.core: {version: ^1, inherit: [fs.read]}}",
      "provides: [{interface: blame, version: 1.0.0}]",
      "provides: [{interface: acme:git/blame, version: ^1}]",
      "contributes: {commands: [{id: a, title: A}, {id: a, title: B}]}",
      "config: {schema: /etc/passwd}",
      "name: \"\"",
  };
  for (const char* line : bad) {
    CAPTURE(line);
    const std::string text = complaint(small_manifest(std::string(line) + "\n"));
    CHECK(text.find("plugin.yaml:5:") == 0);
  }
  for (const char* id :
       {"x", "Com.acme.x", "com.acme.", "com..x", ".com", "com.acme-", "9com.acme", "com.ac me", "com/x"}) {
    CAPTURE(id);
    CHECK(complaint("manifest_version: 1\nversion: 1.0.0\nmain: a.js\nid: \"" + std::string(id) + "\"\n")
              .find("reverse DNS") != std::string::npos);
  }
}

TEST_CASE("main stays inside the package") {
  for (const char* main : {"../../x.js", "/etc/x.js", "dist/../../x.js", "a\\\\b.js", "./a.js", "a//b.js",
                           "dist/", "..", "a.txt", "main", "", "a/./b.js", "C:\\\\a.js"}) {
    CAPTURE(main);
    const std::string text = complaint("manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: \"" +
                                       std::string(main) + "\"\n");
    CHECK(text.find("plugin.yaml:4:7: ") == 0);
  }
  for (const char* main : {"a.js", "dist/a.mjs", "a.cjs", "a.ts", "a.tsx", "a.wasm", "..a/b..js/c.js"}) {
    CAPTURE(main);
    CHECK(parse_manifest(
        "manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: " + std::string(main) + "\n", ""));
  }
}

TEST_CASE("all errors of one pass come together, in the order of the text") {
  const cloche::Error structure = error_of("id: 5\nmanifest_version: 1\nfoo: 1\nversion: 1.0.0\nmain: [x]\n");
  REQUIRE(structure.more().size() == 2);
  CHECK(structure.where()->line == 1);
  CHECK(structure.more()[0].where()->line == 3);
  CHECK(structure.more()[1].where()->line == 5);
  const cloche::Error meaning = error_of("main: ../x.js\nmanifest_version: 1\nid: X\nversion: one\n");
  REQUIRE(meaning.more().size() == 2);
  CHECK(meaning.where()->line == 1);
  CHECK(meaning.more()[0].where()->line == 3);
  CHECK(meaning.more()[1].where()->line == 4);
}

TEST_CASE("a text with nothing but errors is told within bounds") {
  std::string text = small_manifest("");
  for (int i = 0; i < 20'000; ++i) text += "field_number_" + std::to_string(i) + ": 1\n";
  CHECK(error_of(text).more().size() < 100);
}

TEST_CASE("engines are checked against the host's versions") {
  const cloche::Manifest m = parse_manifest(kWholeManifest, "plugin.yaml").value();
  const auto version = [](std::string_view text) { return cloche::Version::parse(text).value(); };
  CHECK(check_engines(m, version("3.5.0"), version("1.4.0")));
  const auto host = check_engines(m, version("4.0.0"), version("1.4.0"));
  REQUIRE_FALSE(host);
  CHECK(host.error().message().find(">=3.2 <4") != std::string::npos);
  CHECK_FALSE(check_engines(m, version("3.5.0"), version("2.0.0")));
}
