#include <cloche/policy_rule.h>

namespace cloche {

bool capability_matches(std::string_view pattern, std::string_view capability) noexcept {
  if (pattern == "*" || pattern == capability) return true;
  if (pattern.size() < 2 || pattern.substr(pattern.size() - 2) != ".*") return false;
  const std::string_view module = pattern.substr(0, pattern.size() - 2);
  if (capability.substr(0, module.size()) != module) return false;
  return capability.size() == module.size() || capability[module.size()] == '.';
}

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star =
      std::string_view::npos;  // the last '*' met, and from where in `text` it stands for characters
  std::size_t from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      if (p == pattern.size()) return true;
      from = text.find(pattern[p], from + 1);  // nowhere else can the rest begin
      if (from == std::string_view::npos) return false;
      t = from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace cloche
