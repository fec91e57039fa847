#pragma once

#include <cloche/directory.h>
#include <cloche/result.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::fs {

/// The names in a folder that is open for reading, "." and ".." left out. Error: `io`, which calls it `name`.
[[nodiscard]] Result<std::vector<std::string>> names_in(const FileDescriptor& folder, std::string_view name);

}  // namespace cloche::fs
