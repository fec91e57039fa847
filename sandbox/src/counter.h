#pragma once

#include <atomic>
#include <cstdint>

namespace cloche {

/// A figure that one thread at a time writes and any may read: an increment is a plain load and store.
class Counter {
 public:
  void add(std::uint64_t amount = 1) noexcept { set(get() + amount); }
  void take_back(std::uint64_t amount = 1) noexcept { set(get() - amount); }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// One that several threads write.
class SharedCounter {
 public:
  void add(std::uint64_t amount = 1) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace cloche
