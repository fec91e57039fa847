#include <cloche/builtin/fs.h>

#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "fs/access.h"
#include "fs/files.h"
#include "fs/folders.h"

namespace cloche {
namespace {

using fs::Access;
using fs::FileScope;

struct RemoveOptions {
  std::optional<bool> recursive;
};
BOOST_DESCRIBE_STRUCT(RemoveOptions, (), (recursive))

std::vector<ScopeField> read_fields() {
  return {{"path", ScopeKind::path, true, {}}, {"max_bytes", ScopeKind::size, false, {}}};
}

std::vector<ScopeField> write_fields() {
  auto fields = read_fields();
  fields.push_back({"quota", ScopeKind::size, false, {}});
  return fields;
}

auto scope_maker(FsOptions options) {
  return [options = std::move(options)](const Grant& grant,
                                        const PluginInfo& plugin) -> Result<std::shared_ptr<Access>> {
    auto folders = fs::folders_for(options, grant, plugin);
    if (!folders) return folders.error();
    auto scope = FileScope::make(grant, std::move(*folders));
    if (!scope) return scope.error();
    return std::make_shared<Access>(std::move(*scope));
  };
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Tells the audit of the paths, and of the rule that allows the first; not where another is outside the scope.
void tell(Call& call, std::initializer_list<std::string_view> names) {
  const FileScope& scope = call.scope<Access>().scope;
  std::string subject;
  std::string_view rule;
  bool inside = true;
  for (const std::string_view name : names) {
    subject += (subject.empty() ? "" : " -> ") + std::string(name);
    const auto path = fs::resolve_name(name, scope.folders());
    const auto permit = path ? scope.permit(*path) : std::nullopt;
    inside = inside && permit;
    if (permit && rule.empty()) rule = permit->rule;
  }
  call.about(subject, inside ? rule : std::string_view());
}

// A function of one path that blocks.
template <class F>
auto on_path(F f) {
  return [f](Call& call, const std::string& path) {
    tell(call, {path});
    return call.blocking([&] { return f(call, call.scope<Access>(), path); });
  };
}

void define_read(CapabilityBuilder builder) {
  builder
      .async("readText", on_path([](Call& call, Access& access, const std::string& path) {
               return fs::read_text(access.scope, path, call.plugin().limits.message);
             }),
             {{"path"}, "The whole of a UTF-8 text file."})
      .async("readBytes", on_path([](Call& call, Access& access, const std::string& path) {
               return fs::read_bytes(access.scope, path, call.plugin().limits.message);
             }),
             {{"path"}, "The whole of a file."})
      .async("list", on_path([](Call&, Access& access, const std::string& path) {
               return fs::list(access.scope, path);
             }),
             {{"path"}, "What lies in a folder, as far as the plugin may read it, sorted by name."})
      .async("stat", on_path([](Call&, Access& access, const std::string& path) {
               return fs::status(access.scope, path);
             }),
             {{"path"}, "What a file or folder is, its size in bytes, and when it was last changed."})
      .async(
          "realpath", on_path([](Call&, Access& access, const std::string& path) {
            return fs::real_path(access.scope, path);
          }),
          {{"path"}, "Where a file is once links are followed, beginning with the folder that has a name."});
}

void define_watch(CapabilityBuilder builder) {
  builder
      .async("watch",
             [](Call& call, const std::string& path, const Function& callback) {
               tell(call, {path});
               return call.scope<Access>().watches.watch(call, path, callback);
             },
             {{"path", "callback"},
              "Has a function told { type, path } of what is created, changed or removed; gives the number "
              "to end "
              "it with."})
      .sync("unwatch",
            [](Call& call, std::uint32_t number) { return call.scope<Access>().watches.unwatch(number); },
            {{"number"}, "Ends a watch; tells whether there was one."});
}

// What it holds of fs.read at this moment.
fs::Rights rights(const Call& call) {
  const Holding* const reading = call.holdings().find("fs.read");
  const bool may_read = reading != nullptr && reading->granted();
  return {call.scope<Access>().scope,
          may_read ? &static_cast<const Access*>(reading->scope())->scope : nullptr};
}

void define_write(CapabilityBuilder builder) {
  builder
      .async("writeText",
             [](Call& call, const std::string& path, const std::string& text) {
               tell(call, {path});
               auto& access = call.scope<Access>();
               return call.blocking(
                   [&] { return fs::write(access.scope, access.quotas, path, bytes_of(text)); });
             },
             {{"path", "text"}, "Makes a file or replaces it as a whole."})
      .async("writeBytes",
             [](Call& call, const std::string& path, const Bytes& bytes) {
               tell(call, {path});
               auto& access = call.scope<Access>();
               return call.blocking([&] { return fs::write(access.scope, access.quotas, path, bytes); });
             },
             {{"path", "bytes"}, "Makes a file or replaces it as a whole."})
      .async("remove",
             [](Call& call, const std::string& path, const std::optional<RemoveOptions>& options) {
               tell(call, {path});
               const bool recursive = options && options->recursive.value_or(false);
               return call.blocking([&] { return fs::remove(call.scope<Access>().scope, path, recursive); });
             },
             {{"path", "options"},
              "Removes a file or an empty folder; with recursive: true a folder with all in it, or nothing "
              "of it."})
      .async("makeDirectory", on_path([](Call&, Access& access, const std::string& path) {
               return fs::make_directory(access.scope, access.quotas, path);
             }),
             {{"path"}, "Makes a folder in one that is there, unless it is there already."});
}

void define_move(CapabilityBuilder builder) {
  builder
      .async("rename",
             [](Call& call, const std::string& from, const std::string& to) {
               tell(call, {from, to});
               const fs::Rights held = rights(call);
               return call.blocking([&] { return fs::rename(held, call.scope<Access>().quotas, from, to); });
             },
             {{"from", "to"}, "Moves a file or folder, in place of a file that is there."})
      .async("copy",
             [](Call& call, const std::string& from, const std::string& to) {
               tell(call, {to});
               const fs::Rights held = rights(call);
               return call.blocking([&] { return fs::copy(held, call.scope<Access>().quotas, from, to); });
             },
             {{"from", "to"}, "Copies a file that may be read, in place of one that is there."});
}

}  // namespace

void define_fs(Registry& registry, FsOptions options) {
  if (!options.temporary) options.temporary = make_temporary_folders();
  auto read = registry.define("fs.read");
  read.summary("Reads files and folders").scope(read_fields(), scope_maker(options));
  define_read(read);
  define_watch(read);
  auto write = registry.define("fs.write");
  write.summary("Writes, makes, moves and removes files and folders")
      .scope(write_fields(), scope_maker(std::move(options)));
  define_write(write);
  define_move(write);
}

}  // namespace cloche
