#pragma once

#include <atomic>
#include <cloche/result.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace cloche::supervision {

class Slot;

/// How many instances of a Host live, and who has to go when another is to. Any thread may use it.
class Census {
 public:
  using AllSlots = std::function<std::vector<std::shared_ptr<Slot>>()>;

  /// At most `most` instances, or any number when it is 0. `all` gives the slots to choose from.
  Census(std::size_t most, AllSlots all) : most_(most), all_(std::move(all)) {}

  /// Takes a place for an instance that is to be loaded, if need be the least recently used one's that can be
  /// evicted; waits for that. Error: `quota`, when there is none.
  [[nodiscard]] Result<void> admit();
  /// Gives a place back.
  void leave() noexcept;

  /// The order of uses: what is used now is more recent than what was used before the last `tick`.
  [[nodiscard]] std::uint64_t now() const noexcept { return now_.load(std::memory_order_relaxed); }
  void tick() noexcept { now_.fetch_add(1, std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool take_place();
  [[nodiscard]] bool evict_one();

  const std::size_t most_;
  const AllSlots all_;
  std::atomic<std::uint64_t> now_{1};
  std::mutex mutex_;
  std::size_t live_ = 0;  // under mutex_
};

}  // namespace cloche::supervision
