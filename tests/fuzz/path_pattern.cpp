// Any pattern against any name: no crash, no endless search, and the rules that must hold whatever the input.

#include "fs/path_pattern.h"

#include <algorithm>
#include <cloche/text.h>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

constexpr std::size_t kLongestWritten = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

// glob_matches() as a table instead of a search: row by row, whether the pattern so far matches the first n characters.
// For text in UTF-8 only.
bool plainly_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  const auto inside = [&](std::size_t n) { return n < name.size() && (name[n] & 0xc0) == 0x80; };
  std::vector<bool> row(name.size() + 1);
  row[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(name.size() + 1);
    for (std::size_t n = 0; n <= name.size(); ++n) {
      std::size_t before = n;  // the beginning of the character that ends at n
      while (before > 0 && inside(before - 1)) --before;
      if (before > 0) --before;
      if (c == '*') {
        next[n] = row[n] || (n > 0 && !inside(n) && next[before]);
      } else if (n > 0) {
        next[n] = c == '?' ? !inside(n) && row[before] : name[n - 1] == c && row[n - 1];
      }
    }
    row = next;
  }
  return row[name.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cloche::fs;
  const std::string input(data, data + size);
  const std::size_t middle = input.find('\n');
  if (middle == std::string::npos) return 0;
  const Folders folders{{"WORKSPACE", {{"home", "user", "ws"}, {"link"}}}};
  const auto name = resolve_name(std::string_view(input).substr(middle + 1), folders);
  if (name) {
    for (const std::string& part : *name) {
      require(!part.empty() && part != "." && part != ".." && part.find('/') == std::string::npos);
    }
    // Resolving what was resolved changes nothing. With the folder in front it may be longer than one may
    // write.
    const std::string path = join(*name);
    const auto again = split(path);
    require(path.size() > kLongestWritten ? !again : again.has_value() && *again == *name);
  }
  const std::string first = input.substr(0, middle);
  constexpr std::size_t kLargestTable = 20'000;
  if (cloche::is_utf8(input) && first.size() * (input.size() - middle) < kLargestTable)
    require(glob_matches(first, input.substr(middle + 1)) ==
            plainly_matches(first, input.substr(middle + 1)));
  const auto pattern = PathPattern::parse(std::string_view(input).substr(0, middle), folders);
  if (!pattern || !name) return 0;
  if (!pattern->matches(*name)) return 0;
  require(pattern->covers(*name));
  const PathParts& root = pattern->root();
  require(name->size() >= root.size() && std::equal(root.begin(), root.end(), name->begin()));
  return 0;
}
