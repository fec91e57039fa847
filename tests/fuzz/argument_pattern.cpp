// Any patterns against any arguments: no crash, no endless search, the answer of a matcher that is plain instead of quick,
// and the rules that must hold whatever the input. The input is lines: patterns, an empty line, arguments.

#include "exec/argument_pattern.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

void require(bool holds) {
  if (!holds) std::abort();
}

// Row by row: whether the first p characters of the pattern match the first t of the text.
bool plainly_matches(const std::string& pattern, const std::string& text) {
  std::vector<bool> row(text.size() + 1);
  row[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(text.size() + 1);
    next[0] = c == '*' && row[0];
    for (std::size_t t = 1; t <= text.size(); ++t) {
      next[t] = c == '*' ? next[t - 1] || row[t] : row[t - 1] && text[t - 1] == c;
    }
    row = next;
  }
  return row[text.size()];
}

bool expected(Texts patterns, const Texts& arguments, bool options_too) {
  const bool rest = !patterns.empty() && patterns.back() == "**";
  if (rest) patterns.pop_back();
  if (arguments.size() < patterns.size() || (arguments.size() > patterns.size() && !rest)) return false;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const bool option = arguments[i].starts_with('-') && !patterns[i].starts_with('-');
    if (option && !options_too) return false;
    if (!plainly_matches(patterns[i], arguments[i])) return false;
  }
  return true;
}

Texts lines_until_empty(const std::string& input, std::size_t& at) {
  Texts lines;
  while (at < input.size()) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    const std::string line = input.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cloche::exec::ArgumentPattern;
  const std::string input(data, data + size);
  std::size_t at = 0;
  const Texts patterns = lines_until_empty(input, at);
  const Texts arguments = lines_until_empty(input, at);
  const auto parsed = ArgumentPattern::parse(patterns);
  if (!parsed) return 0;
  require(parsed->matches(arguments) == expected(patterns, arguments, false));
  require(parsed->denies(arguments) == expected(patterns, arguments, true));
  require(!parsed->matches(arguments) || parsed->denies(arguments));
  return 0;
}
