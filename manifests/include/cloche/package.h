#pragma once

#include <cloche/directory.h>
#include <cloche/manifest.h>
#include <cloche/result.h>
#include <filesystem>
#include <string>
#include <string_view>

namespace cloche {

/// A plugin's folder, held open, with its manifest. Files are read beneath it only: `..`, absolute paths and
/// symbolic links that lead out are refused by the kernel, at the open itself. Every call may block on the
/// file system; const calls are safe from any thread.
class Package {
 public:
  static constexpr std::string_view kManifestName = "plugin.yaml";
  static constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{1} << 20;
  static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{64} << 20;

  /// Opens `folder` (links in this path are followed: the caller vouches for it), reads and checks its
  /// plugin.yaml, and checks that `main` is a regular file inside. Errors: `manifest_invalid`; `io` where the
  /// folder cannot be opened.
  [[nodiscard]] static Result<Package> open(const std::filesystem::path& folder);

  [[nodiscard]] const Manifest& manifest() const noexcept { return manifest_; }
  [[nodiscard]] const Directory& directory() const noexcept { return directory_; }

  /// The whole of a regular file of the package. Where the manifest lists its digest, the text is checked
  /// against it. Errors: `io`, `not_capable` (outside the folder), `size_limit`, `source_invalid` (another
  /// digest), `not_supported` (a digest is listed, and this build has no libsodium to check it with).
  [[nodiscard]] Result<std::string> read(std::string_view path,
                                         std::uint64_t max_bytes = kMaxFileBytes) const;

 private:
  Package(Directory directory, Manifest manifest)
      : directory_(std::move(directory)), manifest_(std::move(manifest)) {}

  Directory directory_;
  Manifest manifest_;
};

}  // namespace cloche
