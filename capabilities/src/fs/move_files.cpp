#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/locate.h"
#include "fs/quota.h"
#include "fs/temporary_file.h"
#include "fs/tree.h"

namespace cloche::fs {
namespace {

constexpr std::uint64_t kMaxCopy = 1ULL << 30;

// Whether `from` may become `to`: both may be written, and no file may be read afterwards that may not be read now.
Result<void> check_move(const Rights& rights, const PathParts& from, const PathParts& to) {
  const bool widens = rights.read != nullptr && rights.read->permit(to) && !rights.read->permit(from);
  if (!rights.write.permit(from) || widens) return not_capable(rights.write, join(from));
  if (!rights.write.permit(to)) return not_capable(rights.write, join(to));
  return {};
}

Result<bool> is_folder(const Place& place, std::string_view name) {
  struct stat status {};
  if (::fstatat(place.folder.get(), place.leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return io_error("rename", name, errno);
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return S_ISDIR(status.st_mode);
  return Error(Errc::io, "'" + std::string(name) + "' is neither a regular file nor a folder");
}

// What stands where something is to go: nothing, a regular file or a folder.
Result<void> check_target(const Place& place, std::string_view name) {
  auto folder = is_folder(place, name);
  if (folder || ::faccessat(place.folder.get(), place.leaf.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0)
    return {};
  return folder.error();
}

// All that lies in the folder goes along, so all of it must be let go, and gives its size.
Result<std::uint64_t> check_tree(const Rights& rights, const Place& from, const Place& to,
                                 std::string_view name) {
  const FileDescriptor folder(
      ::openat(from.folder.get(), from.leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return io_error("rename", name, errno);
  const auto check = [&](const TreeEntry& entry) {
    PathParts moved = to.real;
    moved.insert(moved.end(), entry.path.begin() + static_cast<std::ptrdiff_t>(from.real.size()),
                 entry.path.end());
    return check_move(rights, entry.path, moved);
  };
  if (auto checked = visit_tree(folder, from.real, {check, {}}); !checked) return checked.error();
  auto size = tree_size(folder, from.real);
  if (!size) return size;
  return *size + kNameSize;
}

// What stays within the folder of the quota takes no more of it.
std::uint64_t taken(const Quota& quota, const PathParts& from, std::uint64_t size) {
  return quota.folder == nullptr || begins_with(from, *quota.folder) ? 0 : size;
}

Result<void> copy_content(const FileDescriptor& from, TemporaryFile& to, std::uint64_t limit,
                          std::string_view name) {
  std::array<std::uint8_t, 64 * 1024> buffer;
  for (std::uint64_t total = 0;;) {
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", name, errno);
    if (count == 0) return {};
    total += static_cast<std::uint64_t>(count);
    if (total > limit) return too_large_to_write(name, limit);
    if (auto written = to.write({buffer.data(), static_cast<std::size_t>(count)}); !written) return written;
  }
}

}  // namespace

Result<void> rename(const Rights& rights, QuotaGate& gate, std::string_view from, std::string_view to) {
  auto source = locate_place(rights.write, from);
  if (!source) return source.error();
  auto target = locate_place(rights.write, to);
  if (!target) return target.error();
  if (auto good = check_move(rights, source->real, target->real); !good) return good;
  auto folder = is_folder(*source, from);
  if (!folder) return folder.error();
  if (auto good = check_target(*target, to); !good) return good;
  auto size = *folder ? check_tree(rights, *source, *target, from) : Result<std::uint64_t>(size_in(*source));
  if (!size) return size.error();
  if (!*folder && *size - kNameSize > target->max_bytes) return too_large_to_write(to, target->max_bytes);
  auto turn = gate.admit(*target, taken(target->quota, source->real, *size), 0, to);
  if (!turn) return turn.error();
  if (::renameat(source->folder.get(), source->leaf.c_str(), target->folder.get(), target->leaf.c_str()) != 0)
    return io_error("rename", from, errno);
  sync_folder(source->folder);
  sync_folder(target->folder);
  return {};
}

Result<void> copy(const Rights& rights, QuotaGate& gate, std::string_view from, std::string_view to) {
  if (rights.read == nullptr)
    return Error(Errc::not_capable, "to copy a file, the plugin must have been granted fs.read as well");
  auto source = locate(*rights.read, from);
  if (!source) return source.error();
  if (source->is_folder()) return io_error("copy", from, EISDIR);
  auto target = locate_place(rights.write, to);
  if (!target) return target.error();
  const std::uint64_t limit = std::min({source->max_bytes, target->max_bytes, kMaxCopy});
  const auto size = static_cast<std::uint64_t>(source->status.st_size);
  if (size > limit) return too_large_to_write(to, limit);
  auto turn = gate.admit(*target, kNameSize + size, size_in(*target), to);
  if (!turn) return turn.error();
  auto content = reopen(*source, O_RDONLY, from);
  if (!content) return content.error();
  auto file = TemporaryFile::make(*target, to);
  if (!file) return file.error();
  const std::uint64_t counted =
      target->quota.folder == nullptr ? limit : size;  // it may grow while it is copied
  if (auto copied = copy_content(*content, *file, counted, to); !copied) return copied;
  return file->put_in_place(source->status.st_mode & 0777);
}

}  // namespace cloche::fs
