#include <algorithm>
#include <cloche/config_schema.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "../shown.h"

namespace cloche {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::size_t kMaxBytes = 64U << 10;
constexpr int kMaxDepth = 32;

std::optional<std::string> unusable(const json& schema, int depth);

// Of an object below `properties`, the names are settings and not keywords.
std::optional<std::string> unusable_member(const std::string& keyword, const json& value, int depth) {
  if (keyword == "$ref" || keyword == "pattern" || keyword == "patternProperties")
    return "the keyword '" + keyword +
           "' cannot be used in a schema of settings; write out what it stands for";
  if (keyword == "const" || keyword == "enum" || keyword == "default" || keyword == "examples") return {};
  if (keyword != "properties" || !value.is_object()) return unusable(value, depth + 1);
  for (const auto& property : value) {
    if (auto reason = unusable(property, depth + 1)) return reason;
  }
  return {};
}

std::optional<std::string> unusable(const json& schema, int depth) {
  if (depth > kMaxDepth) return "the schema is nested more than 32 levels deep";
  for (const auto& [name, value] : schema.items()) {
    if (!schema.is_structured()) break;
    auto reason = schema.is_object() ? unusable_member(name, value, depth) : unusable(value, depth + 1);
    if (reason) return reason;
  }
  return {};
}

int depth_of(const json& value) {
  int deepest = 0;
  for (const json& child : value) {
    if (value.is_structured()) deepest = std::max(deepest, depth_of(child));
  }
  return deepest + 1;
}

// valijson names a place as "<root>", "[depth]", "[colour]".
std::string place_of(const std::vector<std::string>& context) {
  std::string place;
  for (const std::string& step : context) {
    if (!step.starts_with('[')) continue;
    const std::string name = step.substr(1, step.size() - 2);
    place += (place.empty() ? "" : ".") + name;
  }
  return place.empty() ? "the settings" : shown(place);
}

}  // namespace

struct ConfigSchema::Compiled {
  valijson::Schema schema;
};

Result<ConfigSchema> ConfigSchema::parse(std::string_view text, const std::string& file_name) {
  const auto refused = [&](const std::string& reason) {
    return Error(Errc::manifest_invalid, reason).at({file_name, 0, 0});
  };
  if (text.size() > kMaxBytes) return refused("the schema of the settings is larger than 64 KiB");
  const json source = json::parse(text, nullptr, false);
  if (!source.is_object()) return refused("the schema of the settings is no JSON object");
  if (const auto reason = unusable(source, 0)) return refused(*reason);
  auto compiled = std::make_shared<Compiled>();
  try {
    valijson::SchemaParser().populateSchema(Adapter(source), compiled->schema);
  } catch (const std::exception& exception) {
    return refused("the schema of the settings is no JSON Schema: " + std::string(exception.what()));
  }
  ConfigSchema schema;
  schema.compiled_ = std::move(compiled);
  return schema;
}

Result<void> ConfigSchema::check(std::string_view settings) const {
  const json value = json::parse(settings, nullptr, false);
  if (!value.is_object()) return Error(Errc::invalid_argument, "settings are a JSON object");
  if (depth_of(value) > kMaxDepth)
    return Error(Errc::invalid_argument, "the settings are nested more than 32 levels deep");
  valijson::ValidationResults results;
  if (!compiled_ || valijson::Validator().validate(compiled_->schema, Adapter(value), &results)) return {};
  valijson::ValidationResults::Error error;
  if (!results.popError(error)) return Error(Errc::invalid_argument, "the settings do not fit their schema");
  return Error(Errc::invalid_argument,
               place_of(error.context) + " does not fit the schema: " + error.description);
}

Result<ConfigTerms> read_config_terms(const Manifest& manifest,
                                      const std::function<Result<std::string>(std::string_view)>& read) {
  ConfigTerms terms{{}, manifest.config.defaults};
  if (manifest.config.schema.empty()) return terms;
  const auto text = read(manifest.config.schema);
  if (!text) {
    return Error(Errc::manifest_invalid, "config: the schema cannot be read: " + text.error().message())
        .at(manifest.where);
  }
  auto schema = ConfigSchema::parse(*text, manifest.config.schema);
  if (!schema) return schema.error();
  terms.schema = std::move(*schema);
  if (auto fits = terms.schema.check(terms.defaults); !fits)
    return Error(Errc::manifest_invalid, "config: the defaults: " + fits.error().message())
        .at(manifest.where);
  return terms;
}

}  // namespace cloche
