#include "documents.h"

#include <algorithm>
#include <cloche/directory.h>
#include <cloche/text.h>
#include <system_error>
#include <utility>

namespace workbench::terminal {

namespace fs = std::filesystem;
using cloche::Errc;
using cloche::Error;
using cloche::Result;

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 20;

bool has_plugins(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "sample-host" / "plugins", error);
}

fs::path nearest_with_plugins(fs::path folder) {
  for (; folder != folder.parent_path(); folder = folder.parent_path()) {
    if (has_plugins(folder)) return folder;
  }
  return {};
}

}  // namespace

Result<Document> read_document(const fs::path& path, const fs::path& root) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  auto folder = cloche::Directory::open(absolute.parent_path());
  if (!folder) return folder.error();
  auto text = folder->read_file(absolute.filename().string(), kMaxBytes);
  if (!text) return Error(text.error().code(), text.error().message()).at({path.string(), 0, 0});
  if (!cloche::is_utf8(*text)) {
    return Error(Errc::invalid_argument, "expected a text in UTF-8").at({path.string(), 0, 0});
  }
  const std::string below_root = fs::proximate(absolute, root, error).string();
  return Document(below_root.starts_with("..") ? path.string() : below_root, std::move(*text));
}

std::vector<fs::path> markdown_files(const fs::path& root) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root, error)) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.filename() != "README.md", a) < std::pair(b.filename() != "README.md", b);
  });
  return found;
}

fs::path find_root() {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  if (has_plugins(here)) return here;
  return nearest_with_plugins(fs::read_symlink("/proc/self/exe", error).parent_path());
}

}  // namespace workbench::terminal
