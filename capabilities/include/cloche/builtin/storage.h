#pragma once

#include <cloche/registry.h>
#include <filesystem>

namespace cloche {

/// `storage`: keys and values that outlive the plugin's instance, in `<data_directory>/<plugin
/// id>/storage.sqlite`, which no other plugin sees. `get`, `getMany`, `set`, `remove`, `removePrefix`,
/// `keys(prefix?, page?)`, `transaction`, `clear` and `usage`, all asynchronous. Values keep their kind, Dates, bytes
/// and bigints included; functions cannot be stored. A key is 1 to 1,024 bytes of UTF-8. Keys, values and 32 bytes for
/// each entry together stay within the plugin's `limits.storage`; what goes beyond it fails with `quota` and changes
/// nothing. Each call is a transaction of its own, safe against other instances of the plugin in this process and
/// others; `transaction(operations, ifMatches?)` makes one of several operations (`set`, `remove`, `removePrefix`), if
/// the keys of `ifMatches` have the values given there (of objects the order of the properties counts).
///
/// What was answered outlasts a crash of the process; a crash of the machine may undo the last calls, whole ones. A
/// file that is damaged is told of once, with `io`, and put aside as `storage.sqlite.damaged`.
///
/// With an empty `data_directory` the capability is known, but loading a plugin that was granted it fails
/// with `not_supported`.
void define_storage(Registry& registry, std::filesystem::path data_directory);

}  // namespace cloche
