#include "fs/temporary_folders.h"

#include <cerrno>
#include <cloche/builtin/fs.h>
#include <cstdlib>
#include <system_error>

namespace cloche {

std::shared_ptr<TemporaryFolders> make_temporary_folders() { return std::make_shared<TemporaryFolders>(); }

// What a plugin leaves locked (a folder it may not write to) stays; nobody is there to be told.
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// One instance of a plugin is known by where its PluginInfo is, which stays while it has a folder.
Result<std::shared_ptr<TemporaryFolder>> TemporaryFolders::of(const PluginInfo& plugin,
                                                              const std::filesystem::path& base) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(folders_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<TemporaryFolder>& known = folders_[&plugin];
  if (auto folder = known.lock()) return folder;
  std::string path = (base / "cloche-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    return Error(Errc::io, "cannot make a folder in '" + base.string() +
                               "': " + std::generic_category().message(errno));
  }
  auto folder = std::make_shared<TemporaryFolder>(path);
  known = folder;
  return folder;
}

}  // namespace cloche
