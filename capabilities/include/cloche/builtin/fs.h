#pragma once

#include <cloche/registry.h>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace cloche {

/// The folders that `$TEMP` stands for, one for each running plugin.
class TemporaryFolders;
[[nodiscard]] std::shared_ptr<TemporaryFolders> make_temporary_folders();

/// Which folders path rules and plugins can name.
struct FsOptions {
  /// What `$NAME` stands for, by NAME: "WORKSPACE", "HOME" or any other. They must be there when a plugin is loaded.
  /// "TEMP" is where each plugin that uses `$TEMP` is given a private folder of its own, which is removed with all in
  /// it when the plugin is unloaded.
  std::map<std::string, std::filesystem::path> directories;
  /// When not empty, `$PLUGIN_DATA` is `<data_directory>/<plugin id>/files`, made when a plugin that uses it
  /// is loaded. A "PLUGIN_DATA" of `directories` comes before it; there, too, each plugin has a folder of its
  /// own, named by its id.
  std::filesystem::path data_directory;
  /// Capabilities that are given the same one share a plugin's `$TEMP`; null: none is shared.
  std::shared_ptr<TemporaryFolders> temporary = {};
};

/// `fs.read` (readText, readBytes, list, stat, realpath, watch, unwatch) and `fs.write` (writeText, writeBytes,
/// makeDirectory, remove, rename, copy), all asynchronous but `unwatch`.
///
/// The scope of either is a list of rules with a `path` pattern and, if wanted, `max_bytes` for one file and, for
/// `fs.write`, a `quota` for all that lies in the folder the pattern begins with, at 1 KiB for each name besides its
/// content; a write into it adds up what is there. In a pattern `*` and `?` stop at '/' and at a leading dot; `**`
/// between slashes stands for any folders, dotted ones too, or none. A rule that denies a folder denies all in it.
/// Nothing may be read that is larger than the plugin's `limits.message`, for it could not cross.
///
/// What moves or removes a folder needs all that lies in it to be inside the scope, by its new path too, and looks
/// before it begins; nothing becomes readable by being moved, and `copy` needs `fs.read` of what is copied. `watch`
/// tells `{type, path}` of a file, or of what lies directly in a folder: "created", "changed", "removed", or
/// "overflow" when more happened than the plugin took; it ends when what is watched is removed or moved.
///
/// Plugins name files as `$WORKSPACE/a.md`, as `a.md` (in `$WORKSPACE`) or by absolute path. Symbolic links
/// are followed only within the folder a rule begins with, only when they are relative, and only when what
/// they lead to is inside the scope by its own path. Writing replaces a file as a whole and never goes
/// through a link. Only regular files and folders can be used; the kernel's file systems (/proc, /sys) never,
/// whatever the rules say. A hard link is a file of its own name.
///
/// Errors: `not_capable` outside the scope; `size_limit`; `quota`, also with 256 watches; `invalid_argument` for a name that is none; `io`
/// with the system's reason.
void define_fs(Registry& registry, FsOptions options);

}  // namespace cloche
