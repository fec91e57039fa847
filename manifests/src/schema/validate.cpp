#include "validate.h"

#include "embedded.h"
#include "explain.h"
#include "to_json.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace cloche::schema {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// Takes the keywords out that only editors use.
void strip(json& schema) {
  for (const char* keyword : {"format", "pattern"}) {
    const auto found = schema.is_object() ? schema.find(keyword) : schema.end();
    if (found != schema.end() && found->is_string()) schema.erase(found);
  }
  for (json& child : schema) {
    if (child.is_structured()) strip(child);
  }
}

struct Schema {
  explicit Schema(std::string_view text) : source(json::parse(text)) {
    json plain = source;
    strip(plain);
    valijson::SchemaParser().populateSchema(Adapter(plain), compiled);
  }

  json source;
  valijson::Schema compiled;
};

const Schema& schema_of(Which which) {
  static const Schema kPluginSchema(kPlugin);
  static const Schema kPolicySchema(kPolicy);
  return which == Which::plugin ? kPluginSchema : kPolicySchema;
}

}  // namespace

void validate(Which which, const yaml::Node& document, Problems& problems) {
  const Schema& schema = schema_of(which);
  const json value = to_json(document);
  if (valijson::Validator().validate(schema.compiled, Adapter(value), nullptr)) return;
  explain(schema.source, document, problems);
  if (!problems.empty()) return;
  // A keyword that explain() does not know: valijson's own words are better than none.
  valijson::ValidationResults results;
  valijson::Validator().validate(schema.compiled, Adapter(value), &results);
  valijson::ValidationResults::Error error;
  problems.add(document.place, results.popError(error) ? "this does not fit the schema: " + error.description
                                                       : std::string("this does not fit the schema"));
}

}  // namespace cloche::schema
