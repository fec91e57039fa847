#pragma once

#include <cloche/result.h>
#include <filesystem>
#include <string_view>

namespace cloche {

/// Where the plugin `id` keeps its data beneath `data_directory`. Ids that could name another place are
/// refused: only ASCII letters, digits, '-', '_' and single dots inside, at most 200 of them.
[[nodiscard]] Result<std::filesystem::path> plugin_folder(const std::filesystem::path& data_directory,
                                                          std::string_view id);

/// Makes `folder` and those above it that are missing, readable by their owner alone.
[[nodiscard]] Result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace cloche
