#pragma once

// All that lies in a folder, links not followed, whatever is swapped meanwhile.

#include <cloche/directory.h>
#include <cloche/result.h>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/stat.h>

#include "fs/path_pattern.h"

namespace cloche::fs {

/// Something in a folder, while it is visited.
struct TreeEntry {
  int folder;                 ///< the descriptor of the folder it lies in
  const std::string& name;    ///< in that folder
  const PathParts& path;      ///< its own
  const struct stat& status;  ///< of itself, even where it is a link

  [[nodiscard]] bool is_folder() const noexcept { return S_ISDIR(status.st_mode); }
};

struct TreeVisitor {
  std::function<Result<void>(const TreeEntry&)> enter;  ///< each entry, before what is in it
  std::function<Result<void>(const TreeEntry&)> leave;  ///< each folder, after what is in it; may be empty
};

/// Visits all that lies in `folder`, which is at `path`, until the visitor answers with an error. What goes away meanwhile
/// is passed over. Errors besides: `io`, also beyond 128 folders deep, and `not_capable` where one of the kernel's file
/// systems is mounted in it.
[[nodiscard]] Result<void> visit_tree(const FileDescriptor& folder, const PathParts& path,
                                      const TreeVisitor& visitor);

/// What lies in the folder at `path`, in bytes, and 1 KiB for each name, so that many empty files are not nothing.
[[nodiscard]] Result<std::uint64_t> tree_size(const PathParts& path);
[[nodiscard]] Result<std::uint64_t> tree_size(const FileDescriptor& folder, const PathParts& path);
inline constexpr std::uint64_t kNameSize = 1024;

}  // namespace cloche::fs
