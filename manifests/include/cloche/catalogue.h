#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// What a field of a scope rule holds, and so how it is written in YAML and checked, and what compare() takes for
/// narrower: in an allowing rule, a smaller size, duration or count, and fewer of the `choices`. A number that is
/// not an upper bound (a port, a channel) is a `text`.
enum class ScopeKind {
  path,       ///< a path pattern: `$WORKSPACE/**`
  url,        ///< a URL pattern: `https://*.example.com/*`
  text,       ///< any string
  text_list,  ///< a list of strings; where the field has `choices`, those that are allowed
  size,       ///< `8MiB`, in bytes: at most so many
  duration,   ///< `50ms`, in nanoseconds: at most so long
  count,      ///< a whole number, zero or more: at most so many
  flag,       ///< true or false
};

struct ScopeField {
  std::string name;
  ScopeKind kind = ScopeKind::text;
  bool required = false;             ///< whether every rule must have it
  std::vector<std::string> choices;  ///< for text and text_list: the words allowed, where they are few
};

/// One capability a host offers: an id such as `storage` or `fs.read`, whose first part is the module plugins
/// import (`cap:fs`), the shape of its scope, and the functions it brings into that module.
struct CatalogueEntry {
  std::string id;
  std::string summary;  ///< one line, shown to people
  std::vector<ScopeField>
      scope;  ///< empty: the capability takes no scope, and asking for it asks for all of it
  std::vector<std::string> functions;
  bool implicit = false;  ///< every plugin has it, without asking

  /// The part of the id before the first dot.
  [[nodiscard]] std::string_view module() const noexcept {
    return std::string_view(id).substr(0, id.find('.'));
  }
};

/// Every capability a host offers, as plain data: what manifests and policies are checked against.
struct Catalogue {
  std::vector<CatalogueEntry> entries;

  [[nodiscard]] const CatalogueEntry* find(std::string_view id) const noexcept {
    for (const CatalogueEntry& entry : entries) {
      if (entry.id == id) return &entry;
    }
    return nullptr;
  }
};

}  // namespace cloche
