#include <cloche/builtin/fs.h>

#include "fs/files.h"
#include "fs/folders.h"

namespace cloche {
namespace {

std::vector<ScopeField> scope_fields() {
  return {{"path", ScopeKind::path, true, {}}, {"max_bytes", ScopeKind::size, false, {}}};
}

auto scope_maker(FsOptions options) {
  return [options = std::move(options)](const Grant& grant,
                                        const PluginInfo& plugin) -> Result<std::shared_ptr<fs::FileScope>> {
    auto folders = fs::folders_for(options, grant, plugin);
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
  if (!options.temporary) options.temporary = make_temporary_folders();
  define_read(registry.define("fs.read")
                  .summary("Reads files and folders")
                  .scope(scope_fields(), scope_maker(options)));
  define_write(registry.define("fs.write")
                   .summary("Writes, makes and removes files and folders")
                   .scope(scope_fields(), scope_maker(std::move(options))));
}

}  // namespace cloche
