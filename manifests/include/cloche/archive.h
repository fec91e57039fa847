#pragma once

#include <cloche/result.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace cloche {

/// How large an archive may turn out to be.
struct ArchiveLimits {
  std::uint64_t bytes = std::uint64_t{64} << 20;  ///< of all files together, unpacked
  std::size_t entries = 10'000;
};

/// Files by their paths in an archive, '/' between the parts.
using ArchiveFiles = std::map<std::string, std::string, std::less<>>;

/// Reads a whole archive, zip, tar or gzipped tar, into memory; nothing is written anywhere. It may hold regular files and
/// folders under relative names of plain UTF-8, each name once. Everything else is refused, and the archive with
/// it: `..`, absolute and empty names, backslashes, links, devices, encryption, and more than `limits`, however small
/// the archive itself is. Blocks on the file system. Errors: `io` where it cannot be opened, `source_invalid`, naming
/// the entry, `size_limit`.
[[nodiscard]] Result<ArchiveFiles> read_archive(const std::filesystem::path& file,
                                                const ArchiveLimits& limits = {});

}  // namespace cloche
