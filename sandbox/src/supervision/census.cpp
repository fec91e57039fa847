#include "supervision/census.h"

#include "supervision/slot.h"

#include <algorithm>
#include <string>

namespace cloche::supervision {

Result<void> Census::admit() {
  tick();
  while (!take_place()) {
    if (evict_one()) continue;
    return Error(Errc::quota, "no more than " + std::to_string(most_) +
                                  " plugins may live at once (HostOptions::max_live_instances), and none of "
                                  "them is idle and has 'hot_reload: {state: export}'; unload one");
  }
  return {};
}

void Census::leave() noexcept {
  const std::scoped_lock lock(mutex_);
  --live_;
}

bool Census::take_place() {
  const std::scoped_lock lock(mutex_);
  if (most_ != 0 && live_ >= most_) return false;
  ++live_;
  return true;
}

bool Census::evict_one() {
  auto slots = all_();
  std::erase_if(slots, [](const auto& slot) { return !slot->evictable(); });
  std::ranges::stable_sort(slots, {}, [](const auto& slot) { return slot->last_used(); });
  return std::ranges::any_of(slots, [](const auto& slot) { return slot->evict().get().has_value(); });
}

}  // namespace cloche::supervision
