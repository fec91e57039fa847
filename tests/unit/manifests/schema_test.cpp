#include "result_text.h"
#include "samples.h"

#include <cloche/manifest.h>
#include <cloche/policy.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

// Editors judge by the schemas' `pattern`, the parser by code of its own (a regular expression over hostile
// text can exhaust the stack). These tests hold the two together: on every word here both say the same.

namespace {

using nlohmann::json;

json schema(const char* name) {
  const auto path = std::filesystem::path(CLOCHE_SOURCE_DIR) / "manifests" / "schema" / name;
  std::ifstream file(path);
  REQUIRE(file);
  return json::parse(file);
}

bool editor_accepts(const json& definition, const std::string& word) {
  if (word.size() > definition.value("maxLength", std::size_t{4096})) return false;
  return std::regex_search(word,
                           std::regex(definition.at("pattern").get<std::string>(), std::regex::ECMAScript));
}

std::string quoted(std::string_view word) { return json(word).dump(); }

bool manifest_accepts(const std::string& line) {
  return cloche::parse_manifest(small_manifest(line + "\n"), "p").has_value();
}

bool policy_accepts(const std::string& line) {
  return cloche::parse_policy("policy_version: 1\n" + line + "\n", "p").has_value();
}

struct Form {
  const char* definition;
  std::vector<const char*> words;
  std::function<bool(const std::string&)> parser;  // given the word in quotes
};

void check_forms(const json& definitions, const std::vector<Form>& forms) {
  for (const Form& form : forms) {
    for (const char* word : form.words) {
      CAPTURE(form.definition);
      CAPTURE(std::string(word));
      CHECK(editor_accepts(definitions.at(form.definition), word) == form.parser(quoted(word)));
    }
  }
}

// Every example of a schema, wherever it stands, with the place it stands at.
void each_example(const json& node, const std::function<void(const json& node, const json& example)>& visit) {
  if (node.is_object() && node.contains("examples")) {
    for (const json& example : node["examples"]) visit(node, example);
  }
  if (!node.is_structured()) return;
  for (const json& child : node) each_example(child, visit);
}

}  // namespace

TEST_CASE("the manifest schema's patterns say what the parser says") {
  const std::vector<const char*> keys = {"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                                         "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                                         "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR==",
                                         "ed25519:",
                                         "rsa:x",
                                         "",
                                         "none",
                                         "ed25519:11qYAYKxCrfVS-7TyWQHOg7hcvPapiMlrwIaaPcHURo="};
  check_forms(
      schema("plugin.v1.schema.json").at("definitions"),
      {{"id",
        {"com.acme.x", "com.acme.git-helper", "com.7zip.x", "x", "Com.acme", "com..x", "com.-x", "com.x-",
         "com.a--b", "7.x", "com.acme.x.", "com_x.y", ""},
        [](const std::string& w) {
          return cloche::parse_manifest("manifest_version: 1\nversion: 1.0.0\nmain: a.js\nid: " + w, "p")
              .has_value();
        }},
       {"publisherKey", keys,
        [](const std::string& w) { return manifest_accepts("publisher: {name: A, key: " + w + "}"); }},
       {"capability",
        {"log", "fs.read", "fs.readText", "a-b.c_d", "fs.*", "*", "Fs", "fs.", ".fs", "fs..read", "1fs", "",
         "fs.9"},
        [](const std::string& w) { return manifest_accepts("capabilities: {required: [{id: " + w + "}]}"); }},
       {"interface",
        {"acme:git/blame", "acme:git/blame/line", "acme:git", "git/blame", "Acme:git/blame", "acme:/blame",
         "acme:git/", "", "acme:git//x", "a:b:c/d"},
        [](const std::string& w) {
          return manifest_accepts("uses: [{interface: " + w + ", version: \"^1\"}]");
        }}});
}

TEST_CASE("the patterns of sizes and durations say what the parser says") {
  check_forms(schema("plugin.v1.schema.json").at("definitions").at("limits").at("properties"),
              {{"storage",
                {"64MiB", "1B", "5kB", "5KB", "5MB", "1TiB", "64", "64mib", "64 MiB", "-1B", "", "1.5GiB",
                 "1KIB", "1kiB"},
                [](const std::string& w) { return manifest_accepts("limits: {storage: " + w + "}"); }},
               {"cpu_per_call",
                {"50ms", "1ns", "2us", "3s", "4m", "5h", "50", "50 ms", "1d", "", "1.5s", "MS"},
                [](const std::string& w) { return manifest_accepts("limits: {cpu_per_call: " + w + "}"); }}});
}

TEST_CASE("the manifest schema's patterns outside its definitions say what the parser says") {
  const json properties = schema("plugin.v1.schema.json").at("properties");
  const json forms = {
      {"activation", properties.at("activation").at("items")},
      {"digest", properties.at("integrity").at("additionalProperties")},
      {"command",
       properties.at("contributes").at("properties").at("commands").at("items").at("properties").at("id")}};
  check_forms(
      forms,
      {{"activation",
        {"onStartup", "onEvent:file.open", "onEvent:", "onEvent", "onStart", "onStartup:x", "", "on:x"},
        [](const std::string& w) { return manifest_accepts("activation: [" + w + "]"); }},
       {"digest",
        {"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha256-47DEQpj8", "sha512-x", "",
         "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
        [](const std::string& w) { return manifest_accepts("integrity: {a.js: " + w + "}"); }},
       {"command", {"git.blame", "a", "A-b_c.9", "9a", ".a", "", "a b"}, [](const std::string& w) {
          return manifest_accepts("contributes: {commands: [{id: " + w + ", title: T}]}");
        }}});
}

TEST_CASE("the policy schema's patterns say what the parser says") {
  const json definitions = schema("policy.v1.schema.json").at("definitions");
  check_forms(definitions,
              {{"capabilityPattern",
                {"*", "fs.*", "fs.read", "fs.read.*", "f*", "fs*", "*.read", "", "fs.", ".*", "FS.*"},
                [](const std::string& w) { return policy_accepts("ceiling: [{deny: [{id: " + w + "}]}]"); }},
               {"pluginPattern",
                {"*", "com.acme.*", "com.acme.x", "*x*", "Com", "com acme", "", "com/x"},
                [](const std::string& w) { return policy_accepts("revoked: [{plugin: " + w + "}]"); }},
               {"keyOrNone",
                {"none", "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "None", "", "ed25519:x"},
                [](const std::string& w) {
                  return policy_accepts("ceiling: [{match: {publisher_key: " + w + "}}]");
                }}});
  json grant = definitions.at("grant").at("properties");
  grant.update(definitions.at("accepted").at("properties"));
  grant["manifest_digest"] = definitions.at("manifestDigest");
  grant["id"] = definitions.at("acceptedRequest").at("properties").at("id");
  grant["key"] = grant.at("publisher_key");
  grant["accepted_plugin"] = grant.at("plugin");
  const auto accepted = [](const std::string& entry) {
    return policy_accepts("accepted: [{version: 1.0.0, " + entry + "}]");
  };
  check_forms(
      grant,
      {{"accepted_plugin",
        {"com.acme.x", "com.acme.*", "x", "Com.acme", ""},
        [&](const std::string& w) { return accepted("plugin: " + w); }},
       {"key",
        {"none", "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "", "ed25519:x"},
        [&](const std::string& w) { return accepted("plugin: a.b, publisher_key: " + w); }},
       {"id",
        {"fs.read", "fs.*", "*", "", "log"},
        [&](const std::string& w) { return accepted("plugin: a.b, required: [{id: " + w + "}]"); }},
       {"workspace",
        {"/home/ann", "/", "home", "", "~/x", "/a b"},
        [](const std::string& w) {
          return policy_accepts(
              "grants: [{plugin: a.b, capability: log, lifetime: workspace, workspace: " + w + "}]");
        }},
       {"manifest_digest",
        {"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "sha256:", "", "e3b0"},
        [](const std::string& w) {
          return policy_accepts("grants: [{plugin: a.b, capability: log, manifest_digest: " + w + "}]");
        }},
       {"expires",
        {"2027-01-01", "2027-01-01T12:00:00Z", "2027-1-1", "soon", "", "2027-01-01 12:00"},
        [](const std::string& w) {
          return policy_accepts("grants: [{plugin: a.b, capability: log, expires: " + w + "}]");
        }}});
}

TEST_CASE("every field of the schemas has a description and an example that fits its own pattern") {
  for (const char* name : {"plugin.v1.schema.json", "policy.v1.schema.json"}) {
    const json whole = schema(name);
    CHECK(whole.contains("title"));
    for (const auto& [field, property] : whole.at("properties").items()) {
      const std::string name_of_field = field;
      CAPTURE(name_of_field);
      CHECK((property.contains("$ref") || property.contains("description")));
    }
    for (const auto& [field, definition] : whole.at("definitions").items()) {
      const std::string name_of_field = field;
      CAPTURE(name_of_field);
      CHECK(definition.contains("description"));
      CHECK(definition.contains("examples"));
    }
    int examples = 0;
    each_example(whole, [&](const json& node, const json& example) {
      ++examples;
      if (!node.contains("pattern")) return;
      CAPTURE(example.dump());
      CHECK(editor_accepts(node, example.get<std::string>()));
    });
    CHECK(examples > 30);
  }
}
