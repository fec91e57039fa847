#include <cloche/directory.h>

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cloche {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

Error open_error(std::string_view path, int error) {
  const std::string name = "'" + std::string(path) + "'";
  if (error == EXDEV || error == ELOOP) {
    return {Errc::not_capable, name + " leads outside its folder; only files inside it can be reached"};
  }
  if (error == ENOSYS)
    return {Errc::not_supported, "this kernel has no openat2; Linux 5.6 or later is needed"};
  return {Errc::io, "cannot open " + name + ": " + reason(error)};
}

// Reads `fd` to its end, but never past `max_bytes`: a file may grow while it is read.
Result<std::string> read_all(int fd, std::string_view path, std::uint64_t max_bytes) {
  std::string text;
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error(Errc::io, "cannot read '" + std::string(path) + "': " + reason(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > max_bytes) break;
  }
  return Error(Errc::size_limit, "'" + std::string(path) + "' is larger than the " +
                                     std::to_string(max_bytes) + " bytes allowed");
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Directory> Directory::open(const std::filesystem::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return Error(Errc::io, "cannot open the folder '" + path.string() + "': " + reason(errno));
  return Directory(std::move(fd), path);
}

Result<FileDescriptor> Directory::open_beneath(std::string_view path, int flags, std::uint32_t mode,
                                               std::string_view shown_as) const {
  if (path.find('\0') != std::string_view::npos) {
    return Error(Errc::invalid_argument, "a path must not contain a NUL character");
  }
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const std::string name(path);
  for (;;) {
    const long fd = ::syscall(SYS_openat2, fd_.get(), name.c_str(), &how, sizeof how);
    if (fd >= 0) return FileDescriptor(static_cast<int>(fd));
    // EAGAIN: something on the path was renamed while the kernel walked it, so it could not vouch for the
    // result.
    if (errno != EINTR && errno != EAGAIN) return open_error(shown_as.empty() ? path : shown_as, errno);
  }
}

Result<std::string> Directory::read_file(std::string_view path, std::uint64_t max_bytes) const {
  // O_NONBLOCK so that opening a FIFO returns at once; it means nothing for a regular file.
  auto fd = open_beneath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return fd.error();
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return Error(Errc::io, reason(errno));
  if (!S_ISREG(status.st_mode)) {
    return Error(Errc::io, "'" + std::string(path) + "' is not a regular file");
  }
  return read_all(fd->get(), path, max_bytes);
}

}  // namespace cloche
