#include <cloche/scope_text.h>

#include <algorithm>
#include <cloche/text.h>
#include <cloche/units.h>

namespace cloche {
namespace {

std::string number_text(std::uint64_t number, ScopeKind kind) {
  if (kind == ScopeKind::size) return format_size(number);
  if (kind == ScopeKind::duration) return format_duration(Duration(static_cast<Duration::rep>(number)));
  return std::to_string(number);
}

// In quotes where it could be taken for more than one value of a line.
std::string word(const std::string& text) {
  if (!text.empty() && text.find_first_of(" ,[]\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\\\"") : std::string(1, c);
  return quoted + "\"";
}

std::string value_text(const ScopeValue& value, ScopeKind kind) {
  if (const auto* text = std::get_if<std::string>(&value)) return word(*text);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return number_text(*number, kind);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  std::string list;
  for (const std::string& text : std::get<std::vector<std::string>>(value))
    list += (list.empty() ? "" : ", ") + word(text);
  return "[" + list + "]";
}

ScopeKind kind_of(const std::string& field, const CatalogueEntry& entry) {
  const auto found = std::find_if(entry.scope.begin(), entry.scope.end(),
                                  [&](const ScopeField& candidate) { return candidate.name == field; });
  return found == entry.scope.end() ? ScopeKind::text : found->kind;
}

}  // namespace

std::string describe(const ScopeSet& set, const CatalogueEntry& entry) {
  if (set.everything) return "everything";
  std::string text;
  for (const ScopeRule& rule : set.rules) {
    std::string fields;
    for (const auto& [name, value] : rule.fields) {
      fields += (fields.empty() ? "" : ", ") + name + " " + value_text(value, kind_of(name, entry));
    }
    text += (text.empty() ? "" : " or ") + fields;
  }
  return text.empty() ? "nothing" : escape_controls(text);
}

}  // namespace cloche
