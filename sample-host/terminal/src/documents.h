#pragma once

#include "workbench/document.h"

#include <cloche/result.h>
#include <filesystem>
#include <vector>

namespace workbench::terminal {

/// The document in the file `path`, named as it is seen from `root`, or as it is written where it is
/// elsewhere. Errors: `io`; `invalid_argument` when it is not UTF-8.
[[nodiscard]] cloche::Result<Document> read_document(const std::filesystem::path& path,
                                                     const std::filesystem::path& root);

/// The Markdown files in `root` itself, README.md first, then by name.
std::vector<std::filesystem::path> markdown_files(const std::filesystem::path& root);

/// The folder that holds the sample host: the nearest above the running program, or the current one, that has
/// sample-host/plugins; nothing where there is none.
std::filesystem::path find_root();

}  // namespace workbench::terminal
