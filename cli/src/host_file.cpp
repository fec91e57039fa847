#include "host_file.h"

#include "paths.h"

#include <array>
#include <cloche/json.h>
#include <system_error>
#include <utility>

namespace cloche::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, ScopeKind>, 8> kKinds{{{"path", ScopeKind::path},
                                                                        {"url", ScopeKind::url},
                                                                        {"text", ScopeKind::text},
                                                                        {"text_list", ScopeKind::text_list},
                                                                        {"size", ScopeKind::size},
                                                                        {"duration", ScopeKind::duration},
                                                                        {"count", ScopeKind::count},
                                                                        {"flag", ScopeKind::flag}}};

std::string text_at(const Value& object, std::string_view property) {
  const Value* found = object.find(property);
  const std::string* text = found == nullptr ? nullptr : found->as<std::string>();
  return text == nullptr ? std::string() : *text;
}

const Array& array_at(const Value& object, std::string_view property) {
  static const Array empty;
  const Value* found = object.find(property);
  const Array* array = found == nullptr ? nullptr : found->as<Array>();
  return array == nullptr ? empty : *array;
}

std::vector<std::string> texts_at(const Value& object, std::string_view property) {
  std::vector<std::string> texts;
  for (const Value& element : array_at(object, property)) {
    if (const auto* text = element.as<std::string>()) texts.push_back(*text);
  }
  return texts;
}

Result<ScopeField> read_field(const Value& value) {
  ScopeField field;
  field.name = text_at(value, "name");
  field.choices = texts_at(value, "choices");
  const Value* required = value.find("required");
  field.required = required != nullptr && *required == Value(true);
  const std::string wanted = text_at(value, "kind");
  for (const auto& [name, kind] : kKinds) {
    field.kind = kind;
    if (name == wanted && !field.name.empty()) return field;
  }
  return Error(
      Errc::manifest_invalid,
      "expected each field of a scope to have a name and a kind: path, url, text, text_list, size, duration, "
      "count or flag");
}

Result<CatalogueEntry> read_entry(const Value& value) {
  CatalogueEntry entry;
  entry.id = text_at(value, "id");
  if (entry.id.empty())
    return Error(Errc::manifest_invalid, "expected each capability to have an id, a text");
  entry.summary = text_at(value, "summary");
  entry.functions = texts_at(value, "functions");
  for (const Value& each : array_at(value, "scope")) {
    auto field = read_field(each);
    if (!field) return field.error();
    entry.scope.push_back(std::move(*field));
  }
  return entry;
}

Result<HostFile> read_host_file(const std::string& path) {
  auto text = read_text(path);
  if (!text) return Error(Errc::manifest_invalid, text.error().message()).at({path, 0, 0});
  auto document = parse_json(*text);
  if (!document) {
    SourceLocation place = document.error().where().value_or(SourceLocation());
    place.file = path;
    return Error(Errc::manifest_invalid, document.error().message()).at(std::move(place));
  }
  HostFile file;
  for (const Value& each : array_at(*document, "capabilities")) {
    auto entry = read_entry(each);
    if (!entry) return Error(entry.error().code(), entry.error().message()).at({path, 0, 0});
    file.types[entry->id] = text_at(each, "types");
    file.catalogue.entries.push_back(std::move(*entry));
  }
  return file;
}

}  // namespace

Result<HostFile> find_host_file(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::weakly_canonical(path, error);
  for (; !folder.empty(); folder = folder.parent_path()) {
    const fs::path candidate = folder / HostFile::kName;
    if (fs::is_regular_file(candidate, error))
      return read_host_file(fs::proximate(candidate, error).string());
    if (folder == folder.parent_path()) break;
  }
  return HostFile();
}

}  // namespace cloche::cli
