// Any pattern against any name: no crash, no endless search, and the rules that must hold whatever the input.

#include "fs/path_pattern.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::size_t kLongestWritten = 4096;

void require(bool holds) {
  if (!holds) std::abort();
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
  const auto pattern = PathPattern::parse(std::string_view(input).substr(0, middle), folders);
  if (!pattern || !name) return 0;
  if (!pattern->matches(*name)) return 0;
  require(pattern->covers(*name));
  const PathParts& root = pattern->root();
  require(name->size() >= root.size() && std::equal(root.begin(), root.end(), name->begin()));
  return 0;
}
