#pragma once

#include <cloche/policy.h>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

// What the tests of grants and of their store share.

inline cloche::Policy::UserGrant user_grant(std::string plugin, std::string capability) {
  cloche::Policy policy;
  policy.add_grant(std::move(capability), std::move(plugin));
  return policy.grants.front();
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

/// A scope with one rule of one field.
inline cloche::ScopeSet one_rule(std::string field, cloche::ScopeValue value) {
  cloche::ScopeSet set;
  set.rules.emplace_back().fields.emplace(std::move(field), std::move(value));
  return set;
}
