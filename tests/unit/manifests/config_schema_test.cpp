#include <cloche/config_schema.h>
#include <doctest/doctest.h>

#include "result_text.h"

namespace cloche {
namespace {

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "depth": {"type": "integer", "minimum": 1},
    "pattern": {"type": "string", "maxLength": 8},
    "view": {"type": "object", "properties": {"theme": {"enum": ["light", "dark"]}}}
  }
})";

TEST_CASE("settings are held against the plugin's schema, and told where they do not fit") {
  const ConfigSchema schema = ConfigSchema::parse(kSchema, "config.schema.json").value();
  CHECK(schema.check(R"({"depth": 3, "pattern": "*.md", "view": {"theme": "dark"}})"));
  const Error depth = schema.check(R"({"depth": 0})").error();
  CHECK(depth.code() == Errc::invalid_argument);
  CHECK(depth.message().starts_with("'depth' does not fit the schema: "));
  CHECK(schema.check(R"({"view": {"theme": "pink"}})").error().message().starts_with("'view.theme' does"));
  CHECK_FALSE(schema.check(R"({"unknown": 1})"));
  CHECK_FALSE(schema.check("[]"));
  CHECK_FALSE(schema.check("{"));
  CHECK(ConfigSchema().check(R"({"anything": [1]})"));
  CHECK_FALSE(ConfigSchema().check(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}"));
}

TEST_CASE("a schema that is none, or that could take long, is refused") {
  std::string nested = "{}";
  for (int i = 0; i < 40; ++i) nested = R"({"not":)" + nested + "}";
  for (const std::string& text :
       {std::string("{"), std::string("[]"), std::string(R"({"type": "wibble"})"),
        std::string(R"({"$ref": "#"})"), std::string(R"({"properties": {"a": {"pattern": "(a+)+$"}}})"),
        std::string(R"({"patternProperties": {"(a+)+$": {}}})"), nested,
        R"({"title": ")" + std::string(70'000, 'x') + "\"}"}) {
    const auto parsed = ConfigSchema::parse(text, "config.schema.json");
    REQUIRE_MESSAGE(!parsed, text.substr(0, 100));
    CHECK(parsed.error().code() == Errc::manifest_invalid);
    CHECK(parsed.error().where()->file == "config.schema.json");
  }
}

TEST_CASE("the defaults of a manifest fit its schema, or the manifest is refused") {
  const auto read = [](std::string_view path) -> Result<std::string> {
    if (path == "config.schema.json") return std::string(kSchema);
    return Error(Errc::io, "no such file");
  };
  Manifest manifest;
  manifest.config.defaults = R"({"depth": 50})";
  CHECK(read_config_terms(manifest, read).value().defaults == manifest.config.defaults);
  manifest.config.schema = "config.schema.json";
  CHECK(read_config_terms(manifest, read).has_value());
  manifest.config.defaults = R"({"depth": "deep"})";
  const Error error = read_config_terms(manifest, read).error();
  CHECK(error.code() == Errc::manifest_invalid);
  CHECK(error.message().starts_with("config: the defaults: 'depth' does not fit"));
  manifest.config.schema = "none.json";
  CHECK(read_config_terms(manifest, read).error().message() ==
        "config: the schema cannot be read: no such file");
}

}  // namespace
}  // namespace cloche
