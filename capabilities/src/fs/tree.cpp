#include "fs/tree.h"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <vector>

#include "fs/locate.h"
#include "fs/names_in.h"

namespace cloche::fs {
namespace {

constexpr int kMaxDepth = 128;

class Walk {
 public:
  Walk(PathParts path, const TreeVisitor& visitor) : path_(std::move(path)), visitor_(visitor) {}

  Result<void> folder(const FileDescriptor& folder) {
    auto names = names_in(folder, join(path_));
    if (!names) return names.error();
    for (const std::string& name : *names) {
      path_.push_back(name);
      auto visited = entry(folder, name);
      path_.pop_back();
      if (!visited) return visited;
    }
    return {};
  }

 private:
  Result<void> entry(const FileDescriptor& folder, const std::string& name) {
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return errno == ENOENT ? Result<void>() : io_error("open", join(path_), errno);
    }
    const TreeEntry entry{folder.get(), name, path_, status};
    if (auto entered = visitor_.enter(entry); !entered || !entry.is_folder()) return entered;
    if (auto inside = descend(folder, name); !inside) return inside;
    return visitor_.leave ? visitor_.leave(entry) : Result<void>();
  }

  Result<void> descend(const FileDescriptor& folder, const std::string& name) {
    if (depth_ == kMaxDepth) return io_error("list", join(path_), ELOOP);
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const FileDescriptor inner(::openat(folder.get(), name.c_str(), kFlags));
    if (!inner) return errno == ENOENT ? Result<void>() : io_error("open", join(path_), errno);
    if (is_kernel_interface(inner)) return kernel_interface(join(path_));
    ++depth_;
    auto visited = this->folder(inner);
    --depth_;
    return visited;
  }

  PathParts path_;
  const TreeVisitor& visitor_;
  int depth_ = 0;
};

}  // namespace

Result<void> visit_tree(const FileDescriptor& folder, const PathParts& path, const TreeVisitor& visitor) {
  const FileDescriptor readable(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return io_error("open", join(path), errno);
  return Walk(path, visitor).folder(readable);
}

Result<std::uint64_t> tree_size(const FileDescriptor& folder, const PathParts& path) {
  std::uint64_t size = 0;
  const auto add = [&](const TreeEntry& entry) -> Result<void> {
    size += kNameSize;
    if (S_ISREG(entry.status.st_mode)) size += static_cast<std::uint64_t>(entry.status.st_size);
    return {};
  };
  if (auto visited = visit_tree(folder, path, {add, {}}); !visited) return visited.error();
  return size;
}

Result<std::uint64_t> tree_size(const PathParts& path) {
  const FileDescriptor folder(::open(join(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return io_error("open", join(path), errno);
  return tree_size(folder, path);
}

}  // namespace cloche::fs
