#pragma once

// What `cap:fs` does, on this thread. Every function may block.

#include <boost/describe.hpp>
#include <cloche/value.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fs/file_scope.h"
#include "fs/quota.h"

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

/// Where a file is with links resolved, as `$NAME/rest` in the innermost folder that has a name.
[[nodiscard]] Result<std::string> real_path(const FileScope& scope, std::string_view name);

/// Puts a whole new file in place of the old one, if any, so that no one ever sees half of it.
[[nodiscard]] Result<void> write(const FileScope& scope, QuotaGate& gate, std::string_view name,
                                 std::span<const std::uint8_t> content);
/// A file, a link or an empty folder; or a folder with all in it, of which nothing is removed unless all may be.
[[nodiscard]] Result<void> remove(const FileScope& scope, std::string_view name, bool recursive);
/// A folder that is there already is left as it is; the one it lies in must be there.
[[nodiscard]] Result<void> make_directory(const FileScope& scope, QuotaGate& gate, std::string_view name);

/// What a plugin may read and write.
struct Rights {
  const FileScope& write;
  const FileScope* read;  ///< null: nothing
};
/// A regular file or a folder, in place of a file or an empty folder if there is one. All in a folder must be inside the
/// scope by its old and its new path, and nothing may become readable by that.
[[nodiscard]] Result<void> rename(const Rights& rights, QuotaGate& gate, std::string_view from,
                                  std::string_view to);
/// A regular file of at most 1 GiB, with its mode.
[[nodiscard]] Result<void> copy(const Rights& rights, QuotaGate& gate, std::string_view from,
                                std::string_view to);

[[nodiscard]] Error too_large_to_write(std::string_view name, std::uint64_t limit);

}  // namespace cloche::fs
