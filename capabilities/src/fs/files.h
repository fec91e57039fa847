#pragma once

// What `cap:fs` does, on this thread. Every function may block.

#include <boost/describe.hpp>
#include <cloche/value.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fs/file_scope.h"

namespace cloche::fs {

enum class FileType { file, directory };
BOOST_DESCRIBE_ENUM(FileType, file, directory)

struct FileStatus {
  FileType type = FileType::file;
  double size = 0;  ///< bytes; 0 for a directory
  Date modified;
};
BOOST_DESCRIBE_STRUCT(FileStatus, (), (type, size, modified))

struct FileEntry {
  std::string name;
  FileType type = FileType::file;
};
BOOST_DESCRIBE_STRUCT(FileEntry, (), (name, type))

/// At most `max_bytes`, whatever the scope says beyond it.
[[nodiscard]] Result<Bytes> read_bytes(const FileScope& scope, std::string_view name,
                                       std::uint64_t max_bytes);
[[nodiscard]] Result<std::string> read_text(const FileScope& scope, std::string_view name,
                                            std::uint64_t max_bytes);
[[nodiscard]] Result<FileStatus> status(const FileScope& scope, std::string_view name);
/// The entries inside the scope, sorted by name. Links are shown as what they lead to, where that is inside
/// the scope.
[[nodiscard]] Result<std::vector<FileEntry>> list(const FileScope& scope, std::string_view name);

/// Puts a whole new file in place of the old one, if any, so that no one ever sees half of it.
[[nodiscard]] Result<void> write(const FileScope& scope, std::string_view name,
                                 std::span<const std::uint8_t> content);
/// A file, a link or an empty folder.
[[nodiscard]] Result<void> remove(const FileScope& scope, std::string_view name);
/// A folder that is there already is left as it is; the one it lies in must be there.
[[nodiscard]] Result<void> make_directory(const FileScope& scope, std::string_view name);

}  // namespace cloche::fs
