#include "exec/argument_pattern.h"

#include <algorithm>

#include "text/ecma_text.h"

namespace cloche::exec {
namespace {

Error refused(std::string_view pattern, const char* why) {
  return {Errc::invalid_argument, "the argument pattern '" + text::excerpt(pattern, 200) + "' " + why};
}

bool is_option(std::string_view argument) { return argument.starts_with('-'); }

bool argument_matches(std::string_view pattern, std::string_view argument) {
  return (!is_option(argument) || is_option(pattern)) && star_matches(pattern, argument);
}

}  // namespace

bool star_matches(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = kNone;  // where to go on when the last '*' must take one more
  std::size_t star_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (after_star != kNone) {
      t = ++star_end;
      p = after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == kNone;
}

Result<ArgumentPattern> ArgumentPattern::parse(std::span<const std::string> patterns) {
  ArgumentPattern parsed;
  for (const std::string& pattern : patterns) {
    if (parsed.rest_) return refused("**", "must be the last: it stands for all the arguments that are left");
    if (pattern.find('\0') != std::string::npos) return refused(pattern, "must not contain a NUL character");
    if (pattern == "**") {
      parsed.rest_ = true;
      continue;
    }
    if (pattern.find("**") != std::string::npos)
      return refused(pattern, "has a '**' that does not stand alone; write '*' for any characters");
    parsed.patterns_.push_back(pattern);
  }
  return parsed;
}

template <class Fits>
bool ArgumentPattern::fit(std::span<const std::string> arguments, Fits fits) const {
  if (arguments.size() < patterns_.size() || (arguments.size() > patterns_.size() && !rest_)) return false;
  return std::equal(patterns_.begin(), patterns_.end(), arguments.begin(), fits);
}

bool ArgumentPattern::matches(std::span<const std::string> arguments) const {
  return fit(arguments, argument_matches);
}

bool ArgumentPattern::denies(std::span<const std::string> arguments) const {
  return fit(arguments, star_matches);
}

}  // namespace cloche::exec
