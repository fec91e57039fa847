#include <cerrno>
#include <cloche/builtin/random.h>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/locate.h"

namespace cloche::fs {
namespace {

// The mode of the file a new one takes the place of, or 0 when there is none. Anything but a regular file is
// refused: a link is not written through, and what it leads to would not be what the scope was asked about.
Result<mode_t> mode_to_keep(const Place& place, std::string_view name) {
  struct stat status {};
  if (::fstatat(place.folder.get(), place.leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return mode_t{0};
    return io_error("write", name, errno);
  }
  if (S_ISDIR(status.st_mode)) return io_error("write", name, EISDIR);
  if (S_ISREG(status.st_mode)) return static_cast<mode_t>(status.st_mode & 0777);
  return Error(Errc::io,
               "'" + std::string(name) + "' is a link or a special file; only regular files can be written");
}

Result<std::string> temporary_name() {
  std::uint64_t number = 0;
  std::uint8_t bytes[sizeof number];
  auto filled = system_random()(bytes);
  if (!filled) return filled.error();
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  char text[48];
  std::snprintf(text, sizeof text, ".cloche-%016llx.tmp", static_cast<unsigned long long>(number));
  return std::string(text);
}

// A file under a name nobody else uses, removed again unless it was put in place.
class TemporaryFile {
 public:
  TemporaryFile(const Place& place, std::string name) : place_(place), name_(std::move(name)) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    fd_ = FileDescriptor(::openat(place_.folder.get(), name_.c_str(), kFlags, 0666));
    made_ = static_cast<bool>(fd_);
  }
  ~TemporaryFile() {
    if (made_) ::unlinkat(place_.folder.get(), name_.c_str(), 0);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  // Each answers whether it was done; errno says why not.
  [[nodiscard]] bool made() const noexcept { return made_; }
  [[nodiscard]] bool write(std::span<const std::uint8_t> content) {
    while (!content.empty()) {
      const ssize_t count = ::write(fd_.get(), content.data(), content.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      content = content.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }
  [[nodiscard]] bool set_mode(mode_t mode) { return mode == 0 || ::fchmod(fd_.get(), mode) == 0; }
  [[nodiscard]] bool put_in_place() {
    if (::fsync(fd_.get()) != 0) return false;
    if (::renameat(place_.folder.get(), name_.c_str(), place_.folder.get(), place_.leaf.c_str()) != 0)
      return false;
    made_ = false;
    return true;
  }

 private:
  const Place& place_;
  std::string name_;
  FileDescriptor fd_;
  bool made_ = false;
};

// Makes a rename last. The file is in place already, so a folder that cannot be synchronised is no failure.
void sync_folder(const Place& place) {
  const FileDescriptor folder(::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());
}

}  // namespace

Result<void> write(const FileScope& scope, std::string_view name, std::span<const std::uint8_t> content) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  if (content.size() > place->max_bytes) {
    return Error(Errc::size_limit, "'" + std::string(name) + "' would be larger than the " +
                                       std::to_string(place->max_bytes) + " bytes that may be written");
  }
  auto mode = mode_to_keep(*place, name);
  if (!mode) return mode.error();
  auto temporary = temporary_name();
  if (!temporary) return temporary.error();
  TemporaryFile file(*place, std::move(*temporary));
  if (!file.made() || !file.write(content) || !file.set_mode(*mode) || !file.put_in_place()) {
    return io_error("write", name, errno);
  }
  sync_folder(*place);
  return {};
}

Result<void> remove(const FileScope& scope, std::string_view name) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  struct stat status {};
  const int folder = place->folder.get();
  if (::fstatat(folder, place->leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return io_error("remove", name, errno);
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode) && !S_ISLNK(status.st_mode)) {
    return Error(Errc::io, "'" + std::string(name) + "' is neither a regular file nor a folder");
  }
  const int flags = S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0;
  if (::unlinkat(folder, place->leaf.c_str(), flags) != 0) return io_error("remove", name, errno);
  return {};
}

Result<void> make_directory(const FileScope& scope, std::string_view name) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  const int folder = place->folder.get();
  if (::mkdirat(folder, place->leaf.c_str(), 0777) == 0) return {};
  const int error = errno;
  struct stat status {};
  const bool there = error == EEXIST &&
                     ::fstatat(folder, place->leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISDIR(status.st_mode);
  if (there) return {};
  return io_error("make", name, error);
}

}  // namespace cloche::fs
