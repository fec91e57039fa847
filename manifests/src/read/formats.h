#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cloche::read {

/// What is wrong with a text of some format and what to write instead, or nothing. Each stands for a `format`
/// of the JSON Schemas, whose `pattern` says the same to editors.
using Complaint = std::optional<std::string>;
using Check = Complaint (*)(std::string_view text);

Complaint check_id(std::string_view text);
Complaint check_publisher_key(std::string_view text);
Complaint check_key_or_none(std::string_view text);
Complaint check_capability(std::string_view text);
Complaint check_capability_pattern(std::string_view text);
Complaint check_plugin_pattern(std::string_view text);
Complaint check_interface(std::string_view text);
Complaint check_command(std::string_view text);
Complaint check_activation(std::string_view text);
Complaint check_digest(std::string_view text);
Complaint check_manifest_digest(std::string_view text);
Complaint check_set_name(std::string_view text);
Complaint check_folder(std::string_view text);

/// A path inside the package: relative, parts between '/', none of them empty, '.' or '..', no backslash.
Complaint check_path(std::string_view text);

/// check_path(), with an ending Cloche can run.
Complaint check_main(std::string_view text);

}  // namespace cloche::read
