#include "fs/folders.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "fs/temporary_folders.h"
#include "plugin_folder.h"

namespace cloche::fs {
namespace {

namespace stdfs = std::filesystem;

constexpr const char* kPluginData = "PLUGIN_DATA";
constexpr const char* kTemp = "TEMP";

bool begins_with(const ScopeValue& value, const std::string& folder) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && (*text == folder || text->starts_with(folder + "/"));
}

// Whether a rule begins with the folder; what is a plugin's own is made only then.
bool mentions(const Grant& grant, const char* name) {
  const std::string folder = std::string("$") + name;
  for (const auto* sets : {&grant.allow, &grant.deny}) {
    for (const ScopeSet& set : *sets) {
      for (const ScopeRule& rule : set.rules) {
        const auto found = [&](const auto& field) { return begins_with(field.second, folder); };
        if (std::ranges::any_of(rule.fields, found)) return true;
      }
    }
  }
  return false;
}

// Where this plugin's `$PLUGIN_DATA` is; an empty path when the host has no place for it.
Result<stdfs::path> plugin_data(const FsOptions& options, const PluginInfo& plugin) {
  const auto given = options.directories.find(kPluginData);
  if (given != options.directories.end()) return plugin_folder(given->second, plugin.id);
  if (options.data_directory.empty()) return stdfs::path();
  auto folder = plugin_folder(options.data_directory, plugin.id);
  if (!folder) return folder;
  return *folder / "files";
}

Result<void> add_folder(Folders& folders, const std::string& name, const stdfs::path& path,
                        std::shared_ptr<const void> keeper = {}) {
  std::error_code error;
  const stdfs::path real = stdfs::canonical(path, error);
  const stdfs::path written = stdfs::absolute(path, error);
  auto real_parts = split(real.string());
  auto written_parts = split(written.lexically_normal().string());
  if (error || real.empty() || !real_parts || !written_parts) {
    return Error(Errc::io,
                 "the folder for $" + name + ", '" + path.string() + "', cannot be used: it is not there");
  }
  folders.insert_or_assign(name,
                           Folder{std::move(*real_parts), std::move(*written_parts), std::move(keeper)});
  return {};
}

Result<void> add_plugin_data(Folders& folders, const FsOptions& options, const PluginInfo& plugin) {
  auto data = plugin_data(options, plugin);
  if (!data) return data.error();
  if (data->empty()) return {};
  auto made = make_private_folder(*data);
  if (!made) return made;
  return add_folder(folders, kPluginData, *data);
}

Result<void> add_temp(Folders& folders, const FsOptions& options, const PluginInfo& plugin) {
  const auto base = options.directories.find(kTemp);
  if (base == options.directories.end()) return {};
  auto folder = options.temporary->of(plugin, base->second);
  if (!folder) return folder.error();
  return add_folder(folders, kTemp, (*folder)->path(), *folder);
}

}  // namespace

Result<Folders> folders_for(const FsOptions& options, const Grant& grant, const PluginInfo& plugin) {
  Folders folders;
  for (const auto& [name, path] : options.directories) {
    if (name == kPluginData || name == kTemp) continue;
    if (auto added = add_folder(folders, name, path); !added) return added.error();
  }
  if (mentions(grant, kPluginData)) {
    if (auto added = add_plugin_data(folders, options, plugin); !added) return added.error();
  }
  if (mentions(grant, kTemp)) {
    if (auto added = add_temp(folders, options, plugin); !added) return added.error();
  }
  return folders;
}

}  // namespace cloche::fs
