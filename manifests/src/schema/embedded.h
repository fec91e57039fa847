#pragma once

#include <string_view>

namespace cloche::schema {

/// The JSON Schemas of schema/, word for word; their definitions are written by the build.
extern const std::string_view kPlugin;
extern const std::string_view kPolicy;

}  // namespace cloche::schema
