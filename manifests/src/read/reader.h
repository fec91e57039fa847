#pragma once

#include "../problems.h"
#include "../yaml/node.h"
#include "formats.h"

#include <cloche/grants.h>
#include <cloche/limit_requests.h>
#include <cloche/policy_rule.h>
#include <cloche/semver.h>
#include <initializer_list>
#include <optional>
#include <utility>

namespace cloche::read {

/// Reads fields of a document whose structure the schema has already vouched for, and checks what a schema
/// cannot say. An absent field reads as empty; a bad one is reported and reads as empty too.
class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  [[nodiscard]] SourceLocation where(const yaml::Node& node) const { return problems_.where(node.place); }
  [[nodiscard]] SourceLocation where(const yaml::Key& key) const { return problems_.where(key.place); }
  void complain(const yaml::Node& node, std::string message) {
    problems_.add(node.place, std::move(message));
  }
  void complain(const yaml::Key& key, std::string message) { problems_.add(key.place, std::move(message)); }

  /// Whether further complaints would not be told.
  [[nodiscard]] bool has_enough() const noexcept { return problems_.full(); }

  std::string text(const yaml::Node& map, std::string_view key, Check check = nullptr);
  std::vector<std::string> texts(const yaml::Node& map, std::string_view key, Check check = nullptr);
  bool flag(const yaml::Node& map, std::string_view key, bool otherwise);
  Version version(const yaml::Node& map, std::string_view key);
  std::optional<VersionRange> range(const yaml::Node& map, std::string_view key);
  std::optional<Isolation> isolation(const yaml::Node& map, std::string_view key);
  LimitRequests limits(const yaml::Node& map, std::string_view key);

  /// A scope as `layer` says it: "*" or a list of rules.
  ScopeSet scope(const yaml::Node* node, Layer layer);
  /// A rule made of the fields of `map` but those in `besides`.
  ScopeRule rule(const yaml::Node& map, std::initializer_list<std::string_view> besides = {});
  PluginMatch match(const yaml::Node& map);

  /// The value beside the word that `map` has under `key`, or `otherwise` where it has none.
  template <class T>
  static T choice(const yaml::Node& map, std::string_view key,
                  std::initializer_list<std::pair<std::string_view, T>> words, T otherwise) {
    const yaml::Node* node = map.find(key);
    for (const auto& [word, value] : words) {
      if (node != nullptr && node->text == word) return value;
    }
    return otherwise;
  }

 private:
  std::string checked(const yaml::Node& node, Check check);
  void read_limit(const yaml::Node& node, std::string_view name, std::optional<std::uint64_t>& out);
  void read_limit(const yaml::Node& node, std::string_view name, std::optional<Duration>& out);

  Problems& problems_;
};

/// The entries of the list or map that `map` has under `key`, or none.
const std::vector<yaml::Node>& items(const yaml::Node& map, std::string_view key);

}  // namespace cloche::read
