#include "fs/locate.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

#include "text/ecma_text.h"

namespace cloche::fs {
namespace {

std::string shown(std::string_view name) { return text::excerpt(name, 200); }

std::string link_of(const FileDescriptor& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

// Where the kernel says an open file is. Nothing for what has no place: removed, or outside this process's
// root.
std::optional<PathParts> path_of(const FileDescriptor& fd) {
  std::string path(8192, '\0');
  const ssize_t length = ::readlink(link_of(fd).c_str(), path.data(), path.size());
  if (length <= 0 || static_cast<std::size_t>(length) == path.size() || path.front() != '/')
    return std::nullopt;
  path.resize(static_cast<std::size_t>(length));
  // A removed file's path is told with this at its end, and then no rule's pattern can be trusted to see its
  // name.
  if (path.ends_with(" (deleted)")) return std::nullopt;
  PathParts parts;
  for (std::size_t at = 1; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

std::string relative_path(const PathParts& path, std::size_t root_size) {
  std::string relative;
  for (std::size_t i = root_size; i < path.size(); ++i) relative += (relative.empty() ? "" : "/") + path[i];
  return relative.empty() ? "." : relative;
}

// The same, with the error that tells of the scope.
Result<Opened> open_permitted(const FileScope& scope, const FileScope::Permit& permit, const PathParts& path,
                              int flags, std::string_view name) {
  auto opened = open_location(permit.root, path, flags, name);
  if (!opened && opened.error().code() == Errc::not_capable) return not_capable(scope, name);
  return opened;
}

}  // namespace

bool is_kernel_interface(const FileDescriptor& fd) {
  constexpr std::array<std::uint32_t, 10> kMagics{0x9fa0 /* proc */,           0x62656572 /* sysfs */,
                                                  0x64626720 /* debugfs */,    0x74726163 /* tracefs */,
                                                  0x73636673 /* securityfs */, 0x0027e0eb /* cgroup */,
                                                  0x63677270 /* cgroup2 */,    0xcafe4a11 /* bpf */,
                                                  0x62656570 /* configfs */,   0x6e736673 /* nsfs */};
  struct statfs status {};
  if (::fstatfs(fd.get(), &status) != 0) return true;
  return std::ranges::find(kMagics, static_cast<std::uint32_t>(status.f_type)) != kMagics.end();
}

Error kernel_interface(std::string_view name) {
  return {Errc::not_capable, "'" + shown(name) + "' is one of the kernel's own files, which are never used"};
}

Error not_capable(const FileScope& scope, std::string_view name) {
  return {Errc::not_capable,
          "'" + shown(name) + "' is outside what this plugin was granted of " + scope.capability()};
}

Error io_error(std::string_view verb, std::string_view name, int error) {
  return {Errc::io, "cannot " + std::string(verb) + " '" + shown(name) +
                        "': " + std::generic_category().message(error)};
}

Result<Opened> open_location(const PathParts& root, const PathParts& path, int flags, std::string_view name) {
  auto folder = Directory::open(join(root));
  if (!folder)
    return Error(Errc::io, "cannot open '" + shown(name) + "': the folder of its scope is not there");
  auto fd = folder->open_beneath(relative_path(path, root.size()), O_PATH | flags, 0, shown(name));
  if (!fd) return fd.error();
  auto real = path_of(*fd);
  if (!real) return io_error("open", name, ENOENT);
  if (is_kernel_interface(*fd)) return kernel_interface(name);
  return Opened{std::move(*fd), std::move(*real)};
}

Result<Located> locate(const FileScope& scope, std::string_view name) {
  auto path = resolve_name(name, scope.folders());
  if (!path) return path.error();
  auto permit = scope.permit(*path);
  if (!permit) return not_capable(scope, name);
  auto opened = open_permitted(scope, *permit, *path, 0, name);
  if (!opened) return opened.error();
  const auto real_permit = scope.permit(opened->real);
  if (!real_permit) return not_capable(scope, name);
  Located located{std::move(opened->fd), std::move(opened->real),
                  std::min(permit->max_bytes, real_permit->max_bytes)};
  if (::fstat(located.fd.get(), &located.status) != 0) return io_error("open", name, errno);
  if (S_ISREG(located.status.st_mode) || S_ISDIR(located.status.st_mode)) return located;
  return Error(Errc::io, "'" + shown(name) + "' is neither a regular file nor a folder");
}

Result<Place> locate_place(const FileScope& scope, std::string_view name) {
  auto path = resolve_name(name, scope.folders());
  if (!path) return path.error();
  auto permit = scope.permit(*path);
  if (!permit) return not_capable(scope, name);
  if (path->size() <= permit->root.size()) {
    return Error(Errc::not_capable,
                 "'" + shown(name) + "' is the folder the plugin was given; it stays as it is");
  }
  std::string leaf = path->back();
  path->pop_back();
  auto opened = open_permitted(scope, *permit, *path, O_DIRECTORY, name);
  if (!opened) return opened.error();
  PathParts real = std::move(opened->real);
  real.push_back(leaf);
  const auto real_permit = scope.permit(real);
  if (!real_permit) return not_capable(scope, name);
  const std::uint64_t max_bytes = std::min(permit->max_bytes, real_permit->max_bytes);
  Quota quota = permit->quota;
  quota.narrow(real_permit->quota);
  return Place{std::move(opened->fd), std::move(real), std::move(leaf), max_bytes, quota};
}

Result<FileDescriptor> reopen(const Located& located, int flags, std::string_view name) {
  FileDescriptor fd(::open(link_of(located.fd).c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return io_error("open", name, errno);
  return fd;
}

}  // namespace cloche::fs
