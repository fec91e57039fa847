#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cloche::loop {

/// Threads for work that blocks: file systems, databases. Started as they are needed, up to a number; jobs
/// beyond it queue. Destroying the pool runs what is queued and waits for it.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : limit_(threads) {}
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();

  /// From any thread.
  void run(std::function<void()> job);

 private:
  void work();

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace cloche::loop
