#include <cloche/builtin/fs.h>

#include "fs/files.h"
#include "plugin_folder.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;

constexpr const char* kPluginData = "PLUGIN_DATA";

bool mentions_plugin_data(const std::vector<ScopeSet>& sets) {
  for (const ScopeSet& set : sets) {
    for (const ScopeRule& rule : set.rules) {
      const auto path = rule.fields.find("path");
      const auto* text = path == rule.fields.end() ? nullptr : std::get_if<std::string>(&path->second);
      if (text != nullptr && text->starts_with("$PLUGIN_DATA")) return true;
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

Result<void> add_folder(fs::Folders& folders, const std::string& name, const stdfs::path& path) {
  std::error_code error;
  const stdfs::path real = stdfs::canonical(path, error);
  const stdfs::path written = stdfs::absolute(path, error);
  auto real_parts = fs::split(real.string());
  auto written_parts = fs::split(written.lexically_normal().string());
  if (error || real.empty() || !real_parts || !written_parts) {
    return Error(Errc::io,
                 "the folder for $" + name + ", '" + path.string() + "', cannot be used: it is not there");
  }
  folders.insert_or_assign(name, fs::Folder{std::move(*real_parts), std::move(*written_parts)});
  return {};
}

Result<fs::Folders> folders_for(const FsOptions& options, const Grant& grant, const PluginInfo& plugin) {
  fs::Folders folders;
  for (const auto& [name, path] : options.directories) {
    if (name == kPluginData) continue;
    auto added = add_folder(folders, name, path);
    if (!added) return added.error();
  }
  if (!mentions_plugin_data(grant.allow) && !mentions_plugin_data(grant.deny)) return folders;
  auto data = plugin_data(options, plugin);
  if (!data) return data.error();
  if (data->empty()) return folders;
  auto made = make_private_folder(*data);
  if (!made) return made.error();
  auto added = add_folder(folders, kPluginData, *data);
  if (!added) return added.error();
  return folders;
}

std::vector<ScopeField> scope_fields() {
  return {{"path", ScopeKind::path, true, {}}, {"max_bytes", ScopeKind::size, false, {}}};
}

auto scope_maker(FsOptions options) {
  return [options = std::move(options)](const Grant& grant,
                                        const PluginInfo& plugin) -> Result<std::shared_ptr<fs::FileScope>> {
    auto folders = folders_for(options, grant, plugin);
    if (!folders) return folders.error();
    auto scope = fs::FileScope::make(grant, std::move(*folders));
    if (!scope) return scope.error();
    return std::make_shared<fs::FileScope>(std::move(*scope));
  };
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void define_read(CapabilityBuilder builder) {
  builder
      .async("readText",
             [](Call& call, const std::string& path) {
               return call.blocking([&] {
                 return fs::read_text(call.scope<fs::FileScope>(), path, call.plugin().limits.message);
               });
             },
             {{"path"}, "The whole of a UTF-8 text file."})
      .async("readBytes",
             [](Call& call, const std::string& path) {
               return call.blocking([&] {
                 return fs::read_bytes(call.scope<fs::FileScope>(), path, call.plugin().limits.message);
               });
             },
             {{"path"}, "The whole of a file."})
      .async("list",
             [](Call& call, const std::string& path) {
               return call.blocking([&] { return fs::list(call.scope<fs::FileScope>(), path); });
             },
             {{"path"}, "What lies in a folder, as far as the plugin may read it, sorted by name."})
      .async("stat",
             [](Call& call, const std::string& path) {
               return call.blocking([&] { return fs::status(call.scope<fs::FileScope>(), path); });
             },
             {{"path"}, "What a file or folder is, its size in bytes, and when it was last changed."});
}

void define_write(CapabilityBuilder builder) {
  builder
      .async("writeText",
             [](Call& call, const std::string& path, const std::string& text) {
               return call.blocking(
                   [&] { return fs::write(call.scope<fs::FileScope>(), path, bytes_of(text)); });
             },
             {{"path", "text"}, "Makes a file or replaces it as a whole."})
      .async("writeBytes",
             [](Call& call, const std::string& path, const Bytes& bytes) {
               return call.blocking([&] { return fs::write(call.scope<fs::FileScope>(), path, bytes); });
             },
             {{"path", "bytes"}, "Makes a file or replaces it as a whole."})
      .async("remove",
             [](Call& call, const std::string& path) {
               return call.blocking([&] { return fs::remove(call.scope<fs::FileScope>(), path); });
             },
             {{"path"}, "Removes a file or an empty folder."})
      .async("makeDirectory",
             [](Call& call, const std::string& path) {
               return call.blocking([&] { return fs::make_directory(call.scope<fs::FileScope>(), path); });
             },
             {{"path"}, "Makes a folder in one that is there, unless it is there already."});
}

}  // namespace

void define_fs(Registry& registry, FsOptions options) {
  define_read(registry.define("fs.read")
                  .summary("Reads files and folders")
                  .scope(scope_fields(), scope_maker(options)));
  define_write(registry.define("fs.write")
                   .summary("Writes, makes and removes files and folders")
                   .scope(scope_fields(), scope_maker(std::move(options))));
}

}  // namespace cloche
