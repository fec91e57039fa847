#pragma once

#include <cloche/audit.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace cloche::audit {

/// Events copied one behind the other into memory that was taken beforehand. Not synchronised.
class EventBuffer {
 public:
  /// What is kept of each text.
  static constexpr std::size_t kMaxText = 4096;

  explicit EventBuffer(std::size_t capacity);

  /// False when it does not fit; then it is counted as dropped.
  bool add(const AuditEvent& event) noexcept;
  [[nodiscard]] bool empty() const noexcept { return used_ == 0 && dropped_ == 0; }
  [[nodiscard]] bool half_full() const noexcept { return used_ > capacity_ / 2; }
  /// Events that did not fit since it was cleared, and when the last of them was.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  [[nodiscard]] std::chrono::system_clock::time_point last_dropped() const noexcept { return last_dropped_; }

  /// Calls `f` with each, in order.
  void each(const std::function<void(const AuditEvent&)>& f) const;
  void clear() noexcept { used_ = 0, dropped_ = 0; }

 private:
  const std::size_t capacity_;
  const std::unique_ptr<char[]> bytes_;
  std::size_t used_ = 0;
  std::uint64_t dropped_ = 0;
  std::chrono::system_clock::time_point last_dropped_;
};

}  // namespace cloche::audit
