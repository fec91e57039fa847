#include "problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace cloche {

void Problems::add(SourceLocation where, std::string message) {
  if (!full()) errors_.push_back(Error(code_, std::move(message)).at(std::move(where)));
}

Error Problems::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
    return std::tie(a.where()->line, a.where()->column) < std::tie(b.where()->line, b.where()->column);
  });
  std::vector<Error> more(std::next(errors_.begin()), errors_.end());
  return std::move(errors_.front()).with_more(std::move(more));
}

}  // namespace cloche
