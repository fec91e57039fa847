#pragma once

#include "../problems.h"
#include "../yaml/node.h"

namespace cloche::schema {

/// The JSON Schemas of the two files, embedded from schema/ and parsed once.
enum class Which : std::uint8_t { plugin, policy };

/// Checks the structure of `document` and reports every place that does not fit, in words for people.
/// valijson decides what is valid; `format` and `pattern` are for editors only (a regular expression over
/// hostile text can exhaust the stack) and the readers of the manifest and the policy check what they stand
/// for. Safe from any thread.
void validate(Which which, const yaml::Node& document, Problems& problems);

}  // namespace cloche::schema
