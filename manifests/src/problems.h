#pragma once

#include "yaml/node.h"

#include <cloche/error.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// The errors found in one file, gathered so that they can be told together.
class Problems {
 public:
  Problems(Errc code, std::string_view file) : code_(code), file_(file) {}

  void add(yaml::Place place, std::string message) { add(where(place), std::move(message)); }
  void add(SourceLocation where, std::string message);

  [[nodiscard]] SourceLocation where(yaml::Place place) const { return {file_, place.line, place.column}; }
  /// Whether there are so many that further ones are dropped; then do no work to find them.
  [[nodiscard]] bool full() const noexcept { return errors_.size() >= kMost; }
  [[nodiscard]] bool empty() const noexcept { return errors_.empty(); }

  /// The first error in the order of the text, with the others as its more(). Call it only where there is
  /// one.
  [[nodiscard]] Error take();

 private:
  // A file with more errors than this has one at its root; nobody reads further.
  static constexpr std::size_t kMost = 50;

  Errc code_;
  std::string file_;
  std::vector<Error> errors_;
};

}  // namespace cloche
