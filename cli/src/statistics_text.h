#pragma once

#include <cloche/statistics.h>
#include <cloche/value.h>
#include <span>
#include <string>

namespace cloche::cli {

/// A table with a line for each plugin.
[[nodiscard]] std::string statistics_table(std::span<const Statistics> plugins);

/// The same figures, all of them, as a document: `{"statistics": [...]}`. Times are in seconds, sizes in bytes;
/// a limit that is none is null.
[[nodiscard]] Value statistics_document(std::span<const Statistics> plugins);

}  // namespace cloche::cli
