#pragma once

#include "node.h"

#include <optional>

namespace cloche::yaml {

/// Gives a plain scalar `node.text` the kind and value of YAML 1.2's core schema (section 10.3.2). Returns
/// what to say instead where YAML 1.1 would read it as something else, or JSON could not hold it.
std::optional<std::string> resolve_plain(Node& node);

/// Whether a plain map key with this text is read as a text by everyone.
bool is_plain_text_key(const std::string& text);

}  // namespace cloche::yaml
