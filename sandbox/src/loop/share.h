#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cloche::loop {

/// What one instance has had of its thread, as virtual time: nanoseconds of computing, passing the slower the
/// more weight it has. Of those that want the thread, whoever has the least virtual time gets it; so over
/// time each gets a part in proportion to its weight. Belongs to its Loop's thread.
class Share {
 public:
  static constexpr std::uint32_t kStandardWeight = 100;

  explicit Share(std::uint32_t weight = kStandardWeight) noexcept : weight_(std::max(weight, 1U)) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  void charge(std::chrono::nanoseconds computed) noexcept {
    if (computed.count() <= 0) return;
    virtual_time_ += static_cast<std::uint64_t>(computed.count()) * kStandardWeight / weight_;
  }
  /// Gives up what it has not used while it wanted nothing.
  void catch_up(std::uint64_t others) noexcept { virtual_time_ = std::max(virtual_time_, others); }

  [[nodiscard]] std::uint64_t virtual_time() const noexcept { return virtual_time_; }

 private:
  const std::uint32_t weight_;
  std::uint64_t virtual_time_ = 0;
};

}  // namespace cloche::loop
