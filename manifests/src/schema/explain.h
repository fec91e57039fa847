#pragma once

#include "../problems.h"
#include "../yaml/node.h"

#include <nlohmann/json_fwd.hpp>

namespace cloche::schema {

/// Walks `document` beside the JSON Schema `schema` (draft 7, with the keywords the schemas of this library
/// use) and reports what does not fit: what was found, what was expected, and what to write, from the
/// schema's own examples.
void explain(const nlohmann::json& schema, const yaml::Node& document, Problems& problems);

}  // namespace cloche::schema
