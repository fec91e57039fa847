#include <algorithm>
#include <cerrno>
#include <cloche/text.h>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

#include "fs/files.h"
#include "fs/locate.h"
#include "fs/names_in.h"
#include "fs/temporary_file.h"

namespace cloche::fs {
namespace {

Error too_large(std::string_view name, std::uint64_t limit) {
  return {Errc::size_limit, "'" + std::string(name) + "' is larger than the " + std::to_string(limit) +
                                " bytes that may be read"};
}

// A file may grow while it is read, so the limit is watched all the way.
Result<Bytes> read_all(const FileDescriptor& fd, std::string_view name, std::uint64_t limit,
                       std::uint64_t expected) {
  constexpr std::size_t kStep = 64 * 1024;
  Bytes content;
  content.reserve(static_cast<std::size_t>(expected));
  for (;;) {
    const std::size_t start = content.size();
    content.resize(start + kStep);
    const ssize_t count = ::read(fd.get(), content.data() + start, kStep);
    content.resize(start + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", name, errno);
    if (count == 0) return content;
    if (content.size() > limit) return too_large(name, limit);
  }
}

FileType type_of(const Located& located) {
  return located.is_folder() ? FileType::directory : FileType::file;
}

// What an entry is, or nothing when it is outside the scope, special, or gone.
std::optional<FileType> entry_type(const FileScope& scope, const PathParts& folder, const std::string& name) {
  PathParts path = folder;
  path.push_back(name);
  if (!scope.permit(path)) return std::nullopt;
  auto located = locate(scope, join(path));
  if (!located) return std::nullopt;
  return type_of(*located);
}

}  // namespace

Result<Bytes> read_bytes(const FileScope& scope, std::string_view name, std::uint64_t max_bytes) {
  auto located = locate(scope, name);
  if (!located) return located.error();
  if (located->is_folder()) return io_error("read", name, EISDIR);
  const std::uint64_t limit = std::min(max_bytes, located->max_bytes);
  const auto size = static_cast<std::uint64_t>(located->status.st_size);
  if (size > limit) return too_large(name, limit);
  auto fd = reopen(*located, O_RDONLY, name);
  if (!fd) return fd.error();
  return read_all(*fd, name, limit, size);
}

Result<std::string> read_text(const FileScope& scope, std::string_view name, std::uint64_t max_bytes) {
  auto content = read_bytes(scope, name, max_bytes);
  if (!content) return content.error();
  std::string text(content->begin(), content->end());
  if (is_utf8(text)) return text;
  return Error(Errc::io, "'" + std::string(name) + "' is not UTF-8 text; read it with readBytes");
}

Result<FileStatus> status(const FileScope& scope, std::string_view name) {
  auto located = locate(scope, name);
  if (!located) return located.error();
  const timespec& changed = located->status.st_mtim;
  const double milliseconds =
      static_cast<double>(changed.tv_sec) * 1000 + static_cast<double>(changed.tv_nsec / 1'000'000);
  const double size = located->is_folder() ? 0 : static_cast<double>(located->status.st_size);
  return FileStatus{type_of(*located), size, Date{milliseconds}};
}

Result<std::vector<FileEntry>> list(const FileScope& scope, std::string_view name) {
  auto located = locate(scope, name);
  if (!located) return located.error();
  if (!located->is_folder()) return io_error("list", name, ENOTDIR);
  auto folder = reopen(*located, O_RDONLY | O_DIRECTORY, name);
  if (!folder) return folder.error();
  auto names = names_in(*folder, name);
  if (!names) return names.error();
  std::vector<FileEntry> entries;
  for (const std::string& found : *names) {
    const bool shown = is_utf8(found) && !is_temporary_name(found);
    const auto type = shown ? entry_type(scope, located->real, found) : std::nullopt;
    if (type) entries.push_back({found, *type});
  }
  std::ranges::sort(entries, {}, &FileEntry::name);
  return entries;
}

// In the innermost folder that has a name, for where the host keeps its folders is nobody's business.
Result<std::string> real_path(const FileScope& scope, std::string_view name) {
  auto located = locate(scope, name);
  if (!located) return located.error();
  const PathParts& path = located->real;
  std::string shown = join(path);
  std::size_t longest = 0;
  for (const auto& [folder, place] : scope.folders()) {
    const std::size_t size = place.real.size();
    if (size < longest || size == 0 || !begins_with(path, place.real)) continue;
    longest = size;
    const PathParts rest(path.begin() + static_cast<std::ptrdiff_t>(size), path.end());
    shown = "$" + folder + (rest.empty() ? "" : join(rest));
  }
  return shown;
}

}  // namespace cloche::fs
