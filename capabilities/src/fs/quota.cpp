#include "fs/quota.h"

#include <algorithm>
#include <fcntl.h>
#include <string>
#include <utility>

#include "fs/tree.h"

namespace cloche::fs {

Result<QuotaGate::Turn> QuotaGate::admit(const Place& place, std::uint64_t more, std::uint64_t less,
                                         std::string_view name) {
  if (place.quota.folder == nullptr) return Turn();
  Turn turn(mutex_);
  auto used = tree_size(*place.quota.folder);
  if (!used) return used.error();
  const std::uint64_t left = place.quota.bytes - std::min(place.quota.bytes, *used - std::min(*used, less));
  if (more <= left) return turn;
  return Error(Errc::quota, "'" + std::string(name) + "' does not fit: all files there together may have " +
                                std::to_string(place.quota.bytes) + " bytes, and " + std::to_string(left) +
                                " are left; remove some");
}

std::uint64_t size_in(const Place& place) {
  struct stat status {};
  if (::fstatat(place.folder.get(), place.leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
  return kNameSize + (S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0);
}

}  // namespace cloche::fs
