#pragma once

#include "balance.h"
#include "worker.h"

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace cloche {

/// The workers of one Host: threads of their own, or, with none, the thread that made it.
class Crew {
 public:
  Crew(unsigned threads, std::chrono::microseconds slice, Duration idle_after);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  /// Every instance must be gone.
  ~Crew();

  /// The worker that has least to do, or, for one of a group, the one where the group is; it has one instance
  /// more from now on. `group` is empty or a name.
  Worker& assign(const std::string& group);
  /// An instance of that worker and group is gone.
  void release(Worker& worker, const std::string& group);

  /// The calling thread's own worker, or null where workers have threads.
  [[nodiscard]] Worker* own() noexcept { return own_.get(); }

 private:
  struct Member {
    Worker* worker = nullptr;
    std::size_t instances = 0;
    std::map<std::string, std::size_t> groups = {};  // how many of each are there
  };
  void serve(std::promise<Worker*>& ready);
  [[nodiscard]] std::size_t least_busy();

  const Duration idle_after_;
  loop::Monitor monitor_;
  loop::BlockingPool blocking_;
  std::unique_ptr<Worker> own_;
  std::vector<std::thread> threads_;
  std::vector<std::function<void()>> stop_;
  std::mutex mutex_;
  std::vector<Member> members_;
  Balance balance_;
};

}  // namespace cloche
