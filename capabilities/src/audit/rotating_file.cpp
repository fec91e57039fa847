#include "audit/rotating_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cloche::audit {
namespace {

namespace stdfs = std::filesystem;

// Held while the file is put aside, so that of several processes one does it.
class Turn {
 public:
  explicit Turn(int descriptor) noexcept : descriptor_(descriptor) { ::flock(descriptor_, LOCK_EX); }
  ~Turn() { ::flock(descriptor_, LOCK_UN); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int descriptor_;
};

ByteCount size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? static_cast<ByteCount>(status.st_size) : 0;
}

}  // namespace

RotatingFile::RotatingFile(stdfs::path file, ByteCount max_size, unsigned keep)
    : file_(std::move(file)), max_size_(max_size), keep_(keep) {}

Error RotatingFile::failure(std::string_view what) const {
  return {Errc::io, "the audit log '" + file_.string() + "' cannot be " + std::string(what) + ": " +
                        std::generic_category().message(errno)};
}

stdfs::path RotatingFile::aside(unsigned number) const {
  return number == 0 ? file_ : stdfs::path(file_.string() + '.' + std::to_string(number));
}

// Opening a FIFO would wait for its reader, but for O_NONBLOCK.
Result<void> RotatingFile::open() {
  constexpr int kFlags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  FileDescriptor opened(::open(file_.c_str(), kFlags, 0600));
  struct stat status {};
  if (!opened || ::fstat(opened.get(), &status) != 0) return failure("opened");
  if (!S_ISREG(status.st_mode))
    return Error(Errc::io, "the audit log '" + file_.string() + "' is no regular file; name one that is");
  if ((status.st_mode & 0777) != 0600 && ::fchmod(opened.get(), 0600) != 0) return failure("made private");
  descriptor_ = std::move(opened);
  if (auto ended = end_last_line(); !ended) return ended;
  return sync_folder();
}

Result<void> RotatingFile::end_last_line() {
  const ByteCount size = size_of(descriptor_.get());
  char last = '\n';
  if (size > 0 && ::pread(descriptor_.get(), &last, 1, static_cast<off_t>(size - 1)) != 1)
    return failure("read");
  if (last != '\n' && ::write(descriptor_.get(), "\n", 1) != 1) return failure("written");
  return {};
}

// The name of a file is its folder's, and lasts once the folder is on the disk.
Result<void> RotatingFile::sync_folder() const {
  const stdfs::path parent = file_.has_parent_path() ? file_.parent_path() : stdfs::path(".");
  const FileDescriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || (::fsync(folder.get()) != 0 && errno != EINVAL)) return failure("kept");
  return {};
}

bool RotatingFile::is_named() const {
  struct stat named {};
  struct stat opened {};
  return ::lstat(file_.c_str(), &named) == 0 && ::fstat(descriptor_.get(), &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

Result<void> RotatingFile::make_room(std::size_t bytes) {
  if (!is_named()) {
    if (auto opened = open(); !opened) return opened;
  }
  const ByteCount size = size_of(descriptor_.get());
  if (size == 0 || size + bytes <= max_size_) return {};
  if (auto synced = sync(); !synced) return synced;
  if (auto put = put_aside(); !put) return put;
  return open();
}

Result<void> RotatingFile::put_aside() {
  const Turn turn(descriptor_.get());
  if (!is_named()) return {};
  if (keep_ == 0) return ::unlink(file_.c_str()) == 0 ? Result<void>() : failure("put aside");
  for (unsigned number = keep_; number > 0; --number) {
    const bool moved = ::rename(aside(number - 1).c_str(), aside(number).c_str()) == 0;
    if (!moved && (errno != ENOENT || number == 1)) return failure("put aside");
  }
  return {};
}

Result<void> RotatingFile::add(std::string_view lines, std::size_t& done) {
  if (done == 0) {
    if (auto room = make_room(lines.size()); !room) return room;
  }
  while (done < lines.size()) {
    const ssize_t written = ::write(descriptor_.get(), lines.data() + done, lines.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("written");
    done += static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> RotatingFile::sync() {
  if (::fdatasync(descriptor_.get()) != 0) return failure("kept");
  return {};
}

}  // namespace cloche::audit
