#include "scope_types.h"

#include "shown.h"

#include <algorithm>
#include <cloche/text.h>
#include <cloche/units.h>

namespace cloche {
namespace {

struct Conversion {
  std::optional<ScopeValue> value;
  std::string complaint;
};

Conversion refused(std::string complaint) { return {std::nullopt, std::move(complaint)}; }

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool has_parent_part(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (path.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

Conversion to_path(const std::string& text) {
  if (text.empty()) return refused("this path is empty; write one such as $WORKSPACE/**");
  if (text.find('\\') != std::string::npos)
    return refused("a path has '/' between its parts, not a backslash");
  if (has_parent_part(text)) return refused("a path must not have '..' in it; write where it leads");
  return {text, {}};
}

Conversion to_url(const std::string& text) {
  if (text.find("://") != std::string::npos && text.find_first_of(" \t\r\n") == std::string::npos)
    return {text, {}};
  return refused(shown(text) + " is not a URL pattern; write one such as https://*.example.com/*");
}

Conversion to_choice(const std::string& text, const ScopeField& field) {
  const auto& choices = field.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return {text, {}};
  const std::vector<std::string_view> views(choices.begin(), choices.end());
  const std::string_view near = text.size() > 64 ? std::string_view() : nearest(text, views);
  const std::string message = shown(text) + " is not one of " + listed(choices);
  return refused(near.empty() ? message : message + "; did you mean " + shown(near) + "?");
}

template <class Parsed>
Conversion to_number(const Parsed& parsed) {
  if (!parsed) return refused(parsed.error().message());
  if constexpr (std::is_same_v<typename Parsed::value_type, Duration>) {
    return {static_cast<std::uint64_t>(parsed->count()), {}};
  } else {
    return {*parsed, {}};
  }
}

Conversion from_text(const std::string& text, const ScopeField& field) {
  switch (field.kind) {
    case ScopeKind::path: return to_path(text);
    case ScopeKind::url: return to_url(text);
    case ScopeKind::text: return to_choice(text, field);
    case ScopeKind::size: return to_number(parse_size(text));
    case ScopeKind::duration: return to_number(parse_duration(text));
    case ScopeKind::text_list: return refused("expected a list of texts; write [" + text + "]");
    case ScopeKind::count: return refused("expected a whole number, found the text " + shown(text));
    case ScopeKind::flag: return refused("expected true or false, found the text " + shown(text));
  }
  return refused("this field cannot be read");
}

Conversion from_number(std::uint64_t number, const ScopeField& field) {
  const std::string text = std::to_string(number);
  switch (field.kind) {
    case ScopeKind::count: return {number, {}};
    case ScopeKind::size:
      return refused("a size needs its unit; write " + text + "B, or another unit such as MiB");
    case ScopeKind::duration:
      return refused("a duration needs its unit; write " + text + "ms, or another unit");
    case ScopeKind::flag: return refused("expected true or false, found the number " + text);
    case ScopeKind::text_list: return refused("expected a list of texts, found the number " + text);
    default: return refused("expected a text; put " + text + " in quotes");
  }
}

Conversion from_list(const std::vector<std::string>& list, const ScopeField& field) {
  if (field.kind != ScopeKind::text_list) return refused("expected a single value, found a list");
  for (const std::string& text : list) {
    if (auto choice = to_choice(text, field); !choice.value) return choice;
  }
  return {list, {}};
}

Conversion convert(const ScopeValue& value, const ScopeField& field) {
  if (const auto* text = std::get_if<std::string>(&value)) return from_text(*text, field);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return from_number(*number, field);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return from_list(*list, field);
  if (field.kind == ScopeKind::flag) return {value, {}};
  return refused("true and false mean nothing here; see what the field takes");
}

std::string unknown_field(const std::string& name, const CatalogueEntry& entry) {
  std::vector<std::string> names;
  for (const ScopeField& field : entry.scope) names.push_back(field.name);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = name.size() > 64 ? std::string_view() : nearest(name, views);
  const std::string message = "the scope of " + entry.id + " has no field " + shown(name) + "; ";
  if (!near.empty()) return message + "did you mean " + shown(near) + "?";
  return message + (names.empty() ? "it takes no scope" : "its fields are " + listed(names));
}

const SourceLocation& place_of(const ScopeRule& rule, const std::string& field) {
  const auto place = rule.places.find(field);
  return place == rule.places.end() ? rule.where : place->second;
}

}  // namespace

std::optional<ScopeRule> typed_rule(const ScopeRule& rule, const CatalogueEntry& entry, RuleUse use,
                                    const Complain& complain) {
  ScopeRule typed;
  typed.where = rule.where;
  bool good = true;
  const auto bad = [&](const SourceLocation& where, std::string message) {
    complain(where, std::move(message));
    good = false;
  };
  for (const auto& [name, value] : rule.fields) {
    const auto field = std::find_if(entry.scope.begin(), entry.scope.end(),
                                    [&name = name](const ScopeField& f) { return f.name == name; });
    if (field == entry.scope.end()) {
      bad(place_of(rule, name), unknown_field(name, entry));
      continue;
    }
    Conversion conversion = convert(value, *field);
    if (!conversion.value) {
      bad(place_of(rule, name), std::move(conversion.complaint));
      continue;
    }
    typed.fields.emplace(name, *std::move(conversion.value));
  }
  for (const ScopeField& field : entry.scope) {
    if (use == RuleUse::deny || !field.required || rule.fields.count(field.name) != 0) continue;
    bad(rule.where, "a rule of " + entry.id + " needs the field '" + field.name + "'; add it");
  }
  if (!good) return std::nullopt;
  return typed;
}

ScopeSet meant(bool has_scope, const ScopeSet& set, const CatalogueEntry& entry) {
  ScopeSet meant{set.origin, set.everything || (!has_scope && entry.scope.empty()), {}};
  if (meant.everything) return meant;
  for (const ScopeRule& rule : set.rules) {
    auto good = typed_rule(rule, entry, RuleUse::allow, [](const SourceLocation&, const std::string&) {});
    if (good && !good->fields.empty()) meant.rules.push_back(*std::move(good));
  }
  return meant;
}

}  // namespace cloche
