#include "exec/processes.h"

#include <utility>

namespace cloche::exec {

Processes::~Processes() {
  for (const auto& process : running_) process->kill();
  for (const auto& known : known_) {
    if (const auto process = known.lock()) process->finish_without_reactor();
  }
}

Result<std::shared_ptr<Process>> Processes::adopt(Spawned spawned, const Terms& terms) {
  std::erase_if(known_, [](const std::weak_ptr<Process>& known) { return known.expired(); });
  auto process = std::make_shared<Process>(std::move(spawned), terms);
  known_.push_back(process);
  auto watched =
      process->watch(reactor_, [this, weak = std::weak_ptr(process)] { running_.erase(weak.lock()); });
  if (!watched) {
    process->finish_without_reactor();
    return watched.error();
  }
  running_.insert(process);
  return process;
}

}  // namespace cloche::exec
