#pragma once

#include <cloche/reactor.h>
#include <cloche/result.h>
#include <memory>
#include <set>
#include <vector>

#include "exec/process.h"

namespace cloche::exec {

/// The programs that plugins of one thread run: a service of its reactor. Keeps each until it is gone, whether or not
/// anyone still asks for it.
class Processes {
 public:
  explicit Processes(Reactor& reactor) : reactor_(reactor) {}
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  /// Ends those that run, and waits for that.
  ~Processes();

  /// Takes charge of what was spawned. Error: `io`; then it was ended.
  [[nodiscard]] Result<std::shared_ptr<Process>> adopt(Spawned spawned, const Terms& terms);

 private:
  Reactor& reactor_;
  std::set<std::shared_ptr<Process>> running_;
  std::vector<std::weak_ptr<Process>> known_;  // also those that are gone, while someone holds them
};

}  // namespace cloche::exec
