#pragma once

#include "../yaml/node.h"

#include <nlohmann/json.hpp>

namespace cloche::schema {

/// `node` as JSON. Its depth is bounded by yaml::kMaxDepth.
inline nlohmann::json to_json(const yaml::Node& node) {
  using Kind = yaml::Node::Kind;
  nlohmann::json value;
  switch (node.kind) {
    case Kind::null: break;
    case Kind::boolean: value = node.flag; break;
    case Kind::real: value = node.real; break;
    case Kind::text: value = node.text; break;
    case Kind::integer:
      // Negated as an unsigned number, which is defined for -2^63 too.
      if (node.negative)
        value = static_cast<std::int64_t>(0 - node.magnitude);
      else
        value = node.magnitude;
      break;
    case Kind::list:
      value = nlohmann::json::array();
      for (const yaml::Node& item : node.items) value.push_back(to_json(item));
      break;
    case Kind::map:
      value = nlohmann::json::object();
      for (std::size_t i = 0; i < node.keys.size(); ++i) value[node.keys[i].text] = to_json(node.items[i]);
      break;
  }
  return value;
}

}  // namespace cloche::schema
