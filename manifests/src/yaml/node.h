#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::yaml {

/// A place in the text; both count from 1, columns in Unicode code points.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Key {
  std::string text;
  Place place;
};

/// One value of a YAML document that uses only what JSON also has: no anchors, aliases, tags or merges, every
/// key a text and there once. Scalars carry the type YAML 1.2's core schema gives them.
struct Node {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, list, map };

  Kind kind = Kind::null;
  Place place;
  std::string text;             ///< of a scalar: its text, as written where it is plain
  std::uint64_t magnitude = 0;  ///< of an integer: its value without the sign
  bool negative = false;        ///< of an integer: whether it is below zero
  bool flag = false;            ///< of a boolean
  double real = 0;              ///< of a real
  std::vector<Key> keys;        ///< of a map: the keys of `items`, in the order of the text
  std::vector<Node> items;      ///< of a list or map

  /// The value of `key`, or null.
  [[nodiscard]] const Node* find(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].text == key) return &items[i];
    }
    return nullptr;
  }
};

}  // namespace cloche::yaml
