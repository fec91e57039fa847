#include "text/names.h"

#include <algorithm>

#include "text/ecma_text.h"

namespace cloche::text {
namespace {

bool fits(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

}  // namespace

bool is_variable_name(std::string_view name) noexcept {
  return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

Result<NamePatterns> NamePatterns::parse(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (is_variable_name(pattern) && pattern.find('*') >= pattern.size() - 1) continue;
    return Error(
        Errc::invalid_argument,
        "'" + excerpt(pattern, 80) + "' is no name of a variable; write one as LANG, or several as LC_*");
  }
  NamePatterns parsed;
  parsed.patterns_ = patterns;
  return parsed;
}

bool NamePatterns::match(std::string_view name) const {
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) { return fits(pattern, name); });
}

}  // namespace cloche::text
