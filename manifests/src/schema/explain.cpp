#include "explain.h"

#include "../shown.h"
#include "to_json.h"

#include <algorithm>
#include <cloche/text.h>
#include <nlohmann/json.hpp>

namespace cloche::schema {
namespace {

using nlohmann::json;
using yaml::Node;
using Kind = Node::Kind;

const json& member(const json& schema, const char* name) {
  static const json kNothing;
  const auto found = schema.find(name);
  return found == schema.end() ? kNothing : *found;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null: return "nothing";
    case Kind::boolean: return "true or false";
    case Kind::integer: return "a number";
    case Kind::real: return "a number";
    case Kind::text: return "a text";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
  }
  return "something else";
}

std::string found(const Node& node) {
  const bool scalar = node.kind != Kind::list && node.kind != Kind::map && node.kind != Kind::null;
  if (!scalar) return std::string(kind_name(node.kind));
  if (node.kind == Kind::boolean) return node.text;
  return (node.kind == Kind::text ? "the text " : "the number ") + shown(node.text);
}

bool is_of(const Node& node, const std::string& type) {
  switch (node.kind) {
    case Kind::null: return type == "null";
    case Kind::boolean: return type == "boolean";
    case Kind::integer: return type == "integer" || type == "number";
    case Kind::real: return type == "number";
    case Kind::text: return type == "string";
    case Kind::list: return type == "array";
    case Kind::map: return type == "object";
  }
  return false;
}

std::string type_name(const std::string& type) {
  if (type == "string") return "a text";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  if (type == "object") return "a map";
  return "nothing";
}

// A value as one would write it in YAML: texts in quotes only where YAML needs them.
std::string written(const json& value) {
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  const bool safe = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == '/' || c == ' ';
  });
  return safe ? text : "\"" + text + "\"";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

class Explainer {
 public:
  Explainer(const json& root, Problems& problems) : root_(root), problems_(problems) {}

  void visit(const json& unresolved, const Node& node) {
    if (problems_.full()) return;
    const json& schema = resolve(unresolved);
    if (const json& alternatives = member(schema, "anyOf"); alternatives.is_array()) {
      return visit_alternatives(schema, alternatives, node);
    }
    if (!type_fits(schema, node)) return problems_.add(node.place, mismatch(schema, node));
    if (!value_fits(schema, node)) return problems_.add(node.place, wrong_value(schema, node));
    if (node.kind == Kind::text) visit_text(schema, node);
    if (node.kind == Kind::integer) visit_number(schema, node);
    if (node.kind == Kind::list) visit_list(schema, node);
    if (node.kind == Kind::map) visit_map(schema, node);
  }

 private:
  const json& resolve(const json& schema) const {
    const json& reference = member(schema, "$ref");
    if (!reference.is_string()) return schema;
    return root_.at(json::json_pointer(reference.get<std::string>().substr(1)));
  }

  static bool type_fits(const json& schema, const Node& node) {
    const json& type = member(schema, "type");
    if (type.is_string()) return is_of(node, type.get<std::string>());
    if (!type.is_array()) return true;
    return std::any_of(type.begin(), type.end(),
                       [&](const json& t) { return is_of(node, t.get<std::string>()); });
  }

  static bool value_fits(const json& schema, const Node& node) {
    if (const json& value = member(schema, "const"); !value.is_null()) return value == to_json(node);
    const json& choices = member(schema, "enum");
    return !choices.is_array() || std::find(choices.begin(), choices.end(), to_json(node)) != choices.end();
  }

  std::vector<std::string> expectations(const json& unresolved) const {
    const json& schema = resolve(unresolved);
    std::vector<std::string> words;
    if (schema.contains("const")) return {written(schema["const"])};
    if (const json& type = member(schema, "type"); type.is_string())
      words.push_back(type_name(type.get<std::string>()));
    for (const char* keyword : {"enum", "anyOf", "type"}) {
      const json& list = member(schema, keyword);
      if (!list.is_array()) continue;
      for (const json& item : list) {
        if (item.is_object()) {
          for (std::string& word : expectations(item)) words.push_back(std::move(word));
        } else {
          words.push_back(std::string_view(keyword) == "type" ? type_name(item.get<std::string>())
                                                              : written(item));
        }
      }
    }
    return words;
  }

  static std::string first_example(const json& schema) {
    const json& examples = member(schema, "examples");
    return examples.is_array() && !examples.empty() ? written(examples[0]) : std::string();
  }

  static std::string example(const json& schema) {
    const std::string first = first_example(schema);
    return first.empty() ? first : ", such as " + first;
  }

  std::string mismatch(const json& schema, const Node& node) const {
    std::string message =
        "expected " + joined(expectations(schema)) + example(schema) + ", found " + found(node);
    const bool scalar = node.kind == Kind::integer || node.kind == Kind::real || node.kind == Kind::boolean;
    const std::string format =
        member(schema, "format").is_string() ? member(schema, "format").get<std::string>() : "";
    if (format == "cloche-size" || format == "cloche-duration") {
      if (node.kind == Kind::integer) message += "; write its unit too";
    } else if (scalar && is_expected(schema, "string")) {
      message += "; put it in quotes if that is the text you mean";
    } else if (node.kind == Kind::text &&
               (is_expected(schema, "integer") || is_expected(schema, "boolean"))) {
      message += "; write it without quotes";
    }
    return message;
  }

  static bool is_expected(const json& schema, std::string_view type) {
    return member(schema, "type") == type;
  }

  std::string wrong_value(const json& schema, const Node& node) const {
    const std::vector<std::string> words = expectations(schema);
    const std::vector<std::string_view> views(words.begin(), words.end());
    std::string message = "expected " + joined(words) + ", found " + found(node);
    const std::string_view near = suggestion(node.text, views);
    if (node.kind == Kind::text && !near.empty()) message += "; did you mean " + shown(near) + "?";
    return message;
  }

  // The distance is quadratic in the words' lengths, and no name is that long.
  static std::string_view suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
    return word.size() > 64 ? std::string_view() : nearest(word, candidates);
  }

  // The alternatives differ in type: the one of the node's type, if any, is the one that was meant.
  void visit_alternatives(const json& schema, const json& alternatives, const Node& node) {
    for (const json& alternative : alternatives) {
      const json& candidate = resolve(alternative);
      const bool typed = candidate.contains("type");
      if (typed ? type_fits(candidate, node) : value_fits(candidate, node)) return visit(candidate, node);
    }
    problems_.add(node.place, mismatch(schema, node));
  }

  void visit_text(const json& schema, const Node& node) {
    const json& least = member(schema, "minLength");
    const json& most = member(schema, "maxLength");
    const auto points = static_cast<std::size_t>(
        std::count_if(node.text.begin(), node.text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
    if (least.is_number() && points < least.get<std::size_t>()) {
      problems_.add(node.place, "this text is empty; write one" + example(schema));
    }
    if (most.is_number() && points > most.get<std::size_t>()) {
      problems_.add(node.place, "this text is longer than " + most.dump() + " characters; make it shorter");
    }
  }

  void visit_number(const json& schema, const Node& node) {
    const json& least = member(schema, "minimum");
    if (least.is_number() && node.negative && node.magnitude != 0) {
      problems_.add(node.place,
                    "expected a number of at least " + least.dump() + ", found " + shown(node.text));
    }
  }

  void visit_list(const json& schema, const Node& node) {
    const json& most = member(schema, "maxItems");
    if (most.is_number() && node.items.size() > most.get<std::size_t>()) {
      return problems_.add(node.place,
                           "this list has more than " + most.dump() + " entries; make it shorter");
    }
    const json& items = member(schema, "items");
    if (!items.is_object()) return;
    for (const Node& item : node.items) visit(items, item);
  }

  void visit_map(const json& schema, const Node& node) {
    const json& most = member(schema, "maxProperties");
    if (most.is_number() && node.keys.size() > most.get<std::size_t>()) {
      problems_.add(node.place, "this map has more than " + most.dump() + " fields; make it shorter");
    }
    if (member(schema, "minProperties").is_number() && node.keys.empty()) {
      problems_.add(node.place, "this map is empty; write at least one field" + example(schema));
    }
    for (const json& name : member(schema, "required")) require(schema, name.get<std::string>(), node);
    const json& properties = member(schema, "properties");
    const json& others = member(schema, "additionalProperties");
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const auto known = properties.find(node.keys[i].text);
      if (known != properties.end()) {
        visit(*known, node.items[i]);
      } else if (others.is_object()) {
        visit(others, node.items[i]);
      } else if (others.is_boolean() && !problems_.full()) {
        problems_.add(node.keys[i].place, unknown_field(properties, node.keys[i].text));
      }
    }
  }

  void require(const json& schema, const std::string& name, const Node& node) {
    if (node.find(name) != nullptr) return;
    const json& properties = member(schema, "properties");
    const std::string value = properties.contains(name) ? first_example(resolve(properties.at(name))) : "";
    problems_.add(node.place, "the field '" + name + "' is missing; write '" + name + ": " + value + "'");
  }

  static std::string unknown_field(const json& properties, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [key, unused] : properties.items()) names.push_back(key);
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string_view near = suggestion(name, views);
    const std::string message = "unknown field " + shown(name) + "; ";
    if (!near.empty()) return message + "did you mean " + shown(near) + "?";
    return message + "the fields here are " + joined(names);
  }

  const json& root_;
  Problems& problems_;
};

}  // namespace

void explain(const json& schema, const Node& document, Problems& problems) {
  Explainer(schema, problems).visit(schema, document);
}

}  // namespace cloche::schema
