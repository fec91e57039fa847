#include "fs/names_in.h"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>
#include <utility>

#include "fs/locate.h"

namespace cloche::fs {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

}  // namespace

Result<std::vector<std::string>> names_in(const FileDescriptor& folder, std::string_view name) {
  const int own = ::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return io_error("list", name, errno);
  const std::unique_ptr<DIR, CloseFolder> open(::fdopendir(own));
  if (!open) {
    const int error = errno;
    ::close(own);
    return io_error("list", name, error);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) {
    std::string found = entry->d_name;
    if (found != "." && found != "..") names.push_back(std::move(found));
  }
  return names;
}

}  // namespace cloche::fs
