#include "crew.h"

#include "loop/signal.h"

#include <algorithm>

namespace cloche {
namespace {

constexpr std::size_t kBlockingThreads = 4;

}  // namespace

Crew::Crew(unsigned threads, std::chrono::microseconds slice, Duration idle_after)
    : idle_after_(idle_after),
      monitor_(slice),
      blocking_(kBlockingThreads),
      balance_(std::max(threads, 1U), loop::Clock::now()) {
  if (threads == 0) {
    own_ = std::make_unique<Worker>(monitor_, blocking_, idle_after_);
    members_.push_back({.worker = own_.get()});
  }
  for (unsigned i = 0; i < threads; ++i) {
    std::promise<Worker*> ready;
    auto started = ready.get_future();
    threads_.emplace_back([this, &ready] { serve(ready); });
    members_.push_back({.worker = started.get()});
  }
}

// The body of a worker's thread: its fibers run while it waits to be stopped.
void Crew::serve(std::promise<Worker*>& ready) {
  Worker worker(monitor_, blocking_, idle_after_);
  loop::Signal stopped(worker.loop);
  {
    const std::scoped_lock lock(mutex_);
    stop_.push_back([&worker, &stopped] { worker.loop.post([&stopped] { stopped.notify(); }); });
  }
  ready.set_value(&worker);
  stopped.wait();
}

Crew::~Crew() {
  for (const auto& stop : stop_) stop();
  for (std::thread& thread : threads_) thread.join();
}

Worker& Crew::assign(const std::string& group) {
  const std::scoped_lock lock(mutex_);
  auto member = std::ranges::find_if(members_, [&](const Member& m) { return m.groups.contains(group); });
  if (member == members_.end()) member = members_.begin() + static_cast<std::ptrdiff_t>(least_busy());
  ++member->instances;
  if (!group.empty()) ++member->groups[group];
  return *member->worker;
}

std::size_t Crew::least_busy() {
  std::vector<WorkerLoad> loads;
  loads.reserve(members_.size());
  for (const Member& member : members_) loads.push_back({member.instances, member.worker->cpu_from_afar()});
  return balance_.choose(loads, loop::Clock::now());
}

void Crew::release(Worker& worker, const std::string& group) {
  const std::scoped_lock lock(mutex_);
  Member& member = *std::ranges::find(members_, &worker, &Member::worker);
  --member.instances;
  if (!group.empty() && --member.groups.at(group) == 0) member.groups.erase(group);
}

}  // namespace cloche
