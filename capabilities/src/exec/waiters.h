#pragma once

#include <cloche/future.h>
#include <utility>
#include <vector>

namespace cloche::exec {

/// Calls that wait for the same thing to happen, once or again. Belongs to a thread.
class Waiters {
 public:
  [[nodiscard]] Future<void> wait() { return waiting_.emplace_back().future(); }
  void wake() {
    for (const Promise<void>& promise : std::exchange(waiting_, {})) promise.settle({});
  }

 private:
  std::vector<Promise<void>> waiting_;
};

}  // namespace cloche::exec
