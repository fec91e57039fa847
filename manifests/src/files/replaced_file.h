#pragma once

#include <cloche/directory.h>
#include <cloche/result.h>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cloche {

/// A file that is only ever replaced as a whole, so that whoever reads it finds the old text or the new one.
/// Everything blocks on the file system. Errors: `io`; `size_limit`, for a file of more than kMaxBytes.
class ReplacedFile {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

  /// Tells one state of the file from another.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  struct Contents {
    std::string text;
    std::optional<Stamp> stamp;  ///< nothing where there is no file
  };

  /// `file` is followed to what it leads to now, where it is a symbolic link.
  explicit ReplacedFile(const std::filesystem::path& file);

  [[nodiscard]] Result<Contents> read() const;
  /// The stamp a read() would give now.
  [[nodiscard]] std::optional<Stamp> stamp() const;

  /// Waits until nobody else, in this process or another, holds the lock; it is held until the descriptor is
  /// closed. Makes the file's folder, mode 0700, if it is not there.
  [[nodiscard]] Result<FileDescriptor> lock() const;

  /// Puts `text` in the file's place, mode 0600, safe from a loss of power once this returns. Only while the lock is
  /// held.
  [[nodiscard]] Result<void> replace(std::string_view text) const;

 private:
  std::filesystem::path file_;
};

}  // namespace cloche
