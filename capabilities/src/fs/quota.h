#pragma once

#include <cloche/result.h>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "fs/locate.h"

namespace cloche::fs {

/// Keeps a plugin's writes within the quotas of its scope, one after the other.
class QuotaGate {
 public:
  /// Held while what was admitted is written; nothing when there is no quota.
  using Turn = std::unique_lock<std::mutex>;

  /// Whether `more` bytes under a new name fit into the folder of the place's quota, with what is there already less
  /// `less`. Adds everything up, so it takes time in proportion to what is there. Error: `quota`.
  [[nodiscard]] Result<Turn> admit(const Place& place, std::uint64_t more, std::uint64_t less,
                                   std::string_view name);

 private:
  std::mutex mutex_;
};

/// The size of the regular file in the place, with its name; 0 where there is none.
[[nodiscard]] std::uint64_t size_in(const Place& place);

}  // namespace cloche::fs
