#include "plugin_folder.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>

#include "text/ecma_text.h"

namespace cloche {
namespace {

bool is_safe_id(std::string_view id) {
  constexpr std::size_t kMaxId = 200;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (id.empty() || id.size() > kMaxId || id.front() == '.' || id.back() == '.') return false;
  return std::ranges::all_of(id, allowed) && id.find("..") == std::string_view::npos;
}

}  // namespace

Result<std::filesystem::path> plugin_folder(const std::filesystem::path& data_directory,
                                            std::string_view id) {
  if (!is_safe_id(id)) {
    return Error(Errc::invalid_argument,
                 "'" + text::excerpt(id, 80) + "' is no plugin id that can name a folder");
  }
  return data_directory / id;
}

Result<void> make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path() && !std::filesystem::exists(folder.parent_path(), error)) {
    auto made = make_private_folder(folder.parent_path());
    if (!made) return made;
  }
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return Error(Errc::io,
               "cannot make the folder '" + folder.string() + "': " + std::generic_category().message(errno));
}

}  // namespace cloche
