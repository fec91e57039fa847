#include "fs/temporary_file.h"

#include <cerrno>
#include <cloche/builtin/random.h>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace cloche::fs {
namespace {

constexpr std::string_view kPrefix = ".cloche-";
constexpr std::string_view kSuffix = ".tmp";

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
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return std::string(kPrefix) + digits + std::string(kSuffix);
}

}  // namespace

Result<TemporaryFile> TemporaryFile::make(const Place& place, std::string_view name) {
  auto mode = mode_to_keep(place, name);
  if (!mode) return mode.error();
  auto temporary = temporary_name();
  if (!temporary) return temporary.error();
  TemporaryFile file(place, name, std::move(*temporary), *mode);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  file.fd_ = FileDescriptor(::openat(place.folder.get(), file.name_.c_str(), kFlags, 0666));
  file.made_ = static_cast<bool>(file.fd_);
  if (!file.made_) return io_error("write", name, errno);
  return file;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : place_(other.place_),
      shown_(other.shown_),
      name_(std::move(other.name_)),
      old_mode_(other.old_mode_),
      fd_(std::move(other.fd_)),
      made_(std::exchange(other.made_, false)) {}

TemporaryFile::~TemporaryFile() {
  if (made_) ::unlinkat(place_.folder.get(), name_.c_str(), 0);
}

Result<void> TemporaryFile::write(std::span<const std::uint8_t> content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd_.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("write", shown_, errno);
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> TemporaryFile::put_in_place(mode_t mode) {
  const int folder = place_.folder.get();
  const mode_t wanted = old_mode_ != 0 ? old_mode_ : mode;
  if ((wanted != 0 && ::fchmod(fd_.get(), wanted) != 0) || ::fsync(fd_.get()) != 0 ||
      ::renameat(folder, name_.c_str(), folder, place_.leaf.c_str()) != 0) {
    return io_error("write", shown_, errno);
  }
  made_ = false;
  sync_folder(place_.folder);
  return {};
}

bool is_temporary_name(std::string_view name) noexcept {
  return name.starts_with(kPrefix) && name.ends_with(kSuffix);
}

void sync_folder(const FileDescriptor& folder) {
  const FileDescriptor readable(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (readable) ::fsync(readable.get());
}

}  // namespace cloche::fs
