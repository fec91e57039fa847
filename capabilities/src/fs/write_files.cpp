#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/locate.h"
#include "fs/quota.h"
#include "fs/temporary_file.h"
#include "fs/tree.h"

namespace cloche::fs {

Error too_large_to_write(std::string_view name, std::uint64_t limit) {
  return {Errc::size_limit, "'" + std::string(name) + "' would be larger than the " + std::to_string(limit) +
                                " bytes that may be written"};
}

Result<void> write(const FileScope& scope, QuotaGate& gate, std::string_view name,
                   std::span<const std::uint8_t> content) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  if (content.size() > place->max_bytes) return too_large_to_write(name, place->max_bytes);
  auto turn = gate.admit(*place, kNameSize + content.size(), size_in(*place), name);
  if (!turn) return turn.error();
  auto file = TemporaryFile::make(*place, name);
  if (!file) return file.error();
  if (auto written = file->write(content); !written) return written;
  return file->put_in_place();
}

Result<void> make_directory(const FileScope& scope, QuotaGate& gate, std::string_view name) {
  auto place = locate_place(scope, name);
  if (!place) return place.error();
  auto turn = gate.admit(*place, kNameSize, size_in(*place), name);
  if (!turn) return turn.error();
  const int folder = place->folder.get();
  if (::mkdirat(folder, place->leaf.c_str(), 0777) == 0) return {};
  const int error = errno;
  struct stat status {};
  const bool there = error == EEXIST &&
                     ::fstatat(folder, place->leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISDIR(status.st_mode);
  if (there) return {};
  return io_error("make", name, error);
}

}  // namespace cloche::fs
