#pragma once

#include <cloche/archive.h>
#include <cloche/directory.h>
#include <cloche/manifest.h>
#include <cloche/result.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cloche {

/// A plugin's files, with its manifest: a folder that is held open, or an archive, read into memory. Of a folder, files are
/// read beneath it only: `..`, absolute paths and symbolic links that lead out are refused by the kernel, at the
/// open itself. Every call may block on the file system; const calls are safe from any thread.
class Package {
 public:
  static constexpr std::string_view kManifestName = "plugin.yaml";
  static constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{1} << 20;
  static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{64} << 20;

  /// Opens a folder or an archive (see read_archive(); links in this path are followed: the caller vouches for it), reads
  /// and checks its plugin.yaml, and checks that `main` is a regular file inside. Errors: `manifest_invalid`;
  /// `io` where it cannot be opened; as of read_archive().
  [[nodiscard]] static Result<Package> open(const std::filesystem::path& path);

  [[nodiscard]] const Manifest& manifest() const noexcept { return manifest_; }

  /// The whole of a regular file of the package. Where the manifest lists its digest, the text is checked
  /// against it. Errors: `io`, `not_capable` (outside the folder), `size_limit`, `source_invalid` (another
  /// digest), `not_supported` (a digest is listed, and this build has no libsodium to check it with).
  [[nodiscard]] Result<std::string> read(std::string_view path,
                                         std::uint64_t max_bytes = kMaxFileBytes) const;

 private:
  using Files = std::variant<Directory, ArchiveFiles>;
  Package(Files files, Manifest manifest) : files_(std::move(files)), manifest_(std::move(manifest)) {}

  [[nodiscard]] static Result<Files> open_files(const std::filesystem::path& path);
  [[nodiscard]] static Result<std::string> read(const Files& files, std::string_view path,
                                                std::uint64_t max_bytes);
  [[nodiscard]] static Result<void> check_main(const Files& files, const Manifest& manifest);

  Files files_;
  Manifest manifest_;
};

}  // namespace cloche
