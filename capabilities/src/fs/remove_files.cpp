#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/locate.h"
#include "fs/temporary_file.h"
#include "fs/tree.h"

namespace cloche::fs {
namespace {

Result<void> check_kind(const struct stat& status, std::string_view name) {
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode)) return {};
  return Error(Errc::io, "'" + std::string(name) + "' is neither a regular file nor a folder");
}

Result<void> unlink(int folder, const std::string& leaf, bool is_folder, std::string_view name) {
  if (::unlinkat(folder, leaf.c_str(), is_folder ? AT_REMOVEDIR : 0) == 0) return {};
  return io_error("remove", name, errno);
}

// Everything is checked before anything is removed, and each again when it is its turn, for more may have come.
Result<void> empty_folder(const FileScope& scope, const Place& place, std::string_view name) {
  const FileDescriptor folder(
      ::openat(place.folder.get(), place.leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return io_error("remove", name, errno);
  if (is_kernel_interface(folder)) return kernel_interface(name);
  const auto check = [&](const TreeEntry& entry) -> Result<void> {
    if (!scope.permit(entry.path)) return not_capable(scope, join(entry.path));
    return check_kind(entry.status, join(entry.path));
  };
  if (auto checked = visit_tree(folder, place.real, {check, {}}); !checked) return checked;
  const auto remove_file = [&](const TreeEntry& entry) -> Result<void> {
    if (auto good = check(entry); !good || entry.is_folder()) return good;
    return unlink(entry.folder, entry.name, false, join(entry.path));
  };
  const auto remove_folder = [](const TreeEntry& entry) {
    return unlink(entry.folder, entry.name, true, join(entry.path));
  };
  return visit_tree(folder, place.real, {remove_file, remove_folder});
}

}  // namespace

Result<void> remove(const FileScope& scope, std::string_view name, bool recursive) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  struct stat status {};
  if (::fstatat(place->folder.get(), place->leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return io_error("remove", name, errno);
  if (auto good = check_kind(status, name); !good) return good;
  if (recursive && S_ISDIR(status.st_mode)) {
    if (auto emptied = empty_folder(scope, *place, name); !emptied) return emptied;
  }
  auto removed = unlink(place->folder.get(), place->leaf, S_ISDIR(status.st_mode), name);
  if (removed) sync_folder(place->folder);
  return removed;
}

}  // namespace cloche::fs
