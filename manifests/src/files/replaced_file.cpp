#include "replaced_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cloche {
namespace {

namespace fs = std::filesystem;

Error refused(const char* what, const fs::path& path, int error) {
  return {Errc::io,
          std::string(what) + " '" + path.string() + "': " + std::generic_category().message(error)};
}

fs::path followed(const fs::path& file) {
  std::error_code error;
  fs::path absolute = fs::absolute(file, error);
  if (error) return file;
  fs::path target = fs::weakly_canonical(absolute, error);
  return error ? absolute : target;
}

ReplacedFile::Stamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

Result<std::string> read_all(int fd, const fs::path& path) {
  std::string text;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused("cannot read", path, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > ReplacedFile::kMaxBytes)
      return Error(Errc::size_limit, "'" + path.string() + "' is larger than 1 MiB, which no such file is");
  }
}

Result<void> write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused("cannot write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0) return refused("cannot write", path, errno);
  return {};
}

// After a rename, so that the folder's entry is on the disk too.
Result<void> flush_folder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return refused("cannot flush the folder", folder, errno);
  return {};
}

}  // namespace

ReplacedFile::ReplacedFile(const fs::path& file) : file_(followed(file)) {}

Result<ReplacedFile::Contents> ReplacedFile::read() const {
  // O_NONBLOCK so that opening a FIFO returns at once; it means nothing for a regular file.
  const FileDescriptor fd(::open(file_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return Contents{};
  if (!fd) return refused("cannot read", file_, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return refused("cannot read", file_, errno);
  if (!S_ISREG(status.st_mode)) return Error(Errc::io, "'" + file_.string() + "' is not a regular file");
  auto text = read_all(fd.get(), file_);
  if (!text) return text.error();
  return Contents{std::move(*text), stamp_of(status)};
}

std::optional<ReplacedFile::Stamp> ReplacedFile::stamp() const {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) return std::nullopt;
  return stamp_of(status);
}

Result<FileDescriptor> ReplacedFile::lock() const {
  const fs::path folder = file_.parent_path();
  std::error_code error;
  if (!fs::exists(folder, error)) {
    fs::create_directories(folder, error);
    fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return refused("cannot make the folder", folder, error.value());
  }
  const fs::path path = file_.string() + ".lock";
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return refused("cannot open the lock", path, errno);
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return refused("cannot take the lock", path, errno);
  }
  return fd;
}

Result<void> ReplacedFile::replace(std::string_view text) const {
  // The lock makes the name ours; what a crash left under it is of no use to anybody.
  const fs::path fresh = file_.string() + ".new";
  ::unlink(fresh.c_str());
  const FileDescriptor fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return refused("cannot write", fresh, errno);
  auto written = write_all(fd.get(), text, fresh);
  if (written && ::rename(fresh.c_str(), file_.c_str()) != 0)
    written = refused("cannot replace", file_, errno);
  if (written) return flush_folder(file_.parent_path());
  ::unlink(fresh.c_str());
  return written;
}

}  // namespace cloche
