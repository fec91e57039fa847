#pragma once

#include <cloche/result.h>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace cloche {

/// An open file descriptor, closed when it goes out of scope.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// A directory held open, from which files are opened so that nothing outside it is ever reached: not by
/// `..`, not by an absolute path, not by a symbolic link, and not by one that is swapped in between a check
/// and the open. This rests on Linux `openat2(2)` with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS (kernel 5.6
/// and later). Links that stay inside are followed. Safe to use from any thread; every call may block on the
/// file system.
class Directory {
 public:
  /// Opens `path`, following links: the caller vouches for it.
  [[nodiscard]] static Result<Directory> open(const std::filesystem::path& path);

  /// `open(2)` beneath this directory. `path` is relative, with '/' between its parts; O_CLOEXEC is implied.
  /// Errors: `io`, with the reason in the message; `not_capable` when the path would leave the directory.
  /// They call the file `shown_as`, or `path` where that is empty.
  [[nodiscard]] Result<FileDescriptor> open_beneath(std::string_view path, int flags, std::uint32_t mode = 0,
                                                    std::string_view shown_as = {}) const;

  /// The whole of a regular file of at most `max_bytes` bytes. A directory, device, FIFO or socket is refused
  /// without being waited on.
  [[nodiscard]] Result<std::string> read_file(std::string_view path, std::uint64_t max_bytes) const;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  Directory(FileDescriptor fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  FileDescriptor fd_;
  std::filesystem::path path_;
};

}  // namespace cloche
