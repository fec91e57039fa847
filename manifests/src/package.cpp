#include "digest.h"

#include <cloche/package.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace cloche {
namespace {

Error bad_main(const Manifest& manifest, const std::string& message) {
  return Error(Errc::manifest_invalid, "main: " + message).at(manifest.main_where);
}

// O_PATH looks without touching: opening a FIFO would wait, and opening a device may do something.
bool is_regular(const Directory& directory, const Manifest& manifest, std::string& complaint) {
  const auto file = directory.open_beneath(manifest.main, O_PATH);
  struct stat status {};
  if (!file) complaint = file.error().message();
  return file && ::fstat(file->get(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<Package::Files> Package::open_files(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) {
    auto files = read_archive(path);
    if (!files) return files.error();
    return Files(std::move(*files));
  }
  auto directory = Directory::open(path);
  if (!directory) return directory.error();
  return Files(std::move(*directory));
}

Result<std::string> Package::read(const Files& files, std::string_view path, std::uint64_t max_bytes) {
  if (const auto* directory = std::get_if<Directory>(&files)) return directory->read_file(path, max_bytes);
  const auto& archive = std::get<ArchiveFiles>(files);
  const auto found = archive.find(path);
  const std::string name(path);
  if (found == archive.end()) return Error(Errc::io, "'" + name + "' is not in the archive");
  if (found->second.size() > max_bytes)
    return Error(Errc::size_limit, "'" + name + "' is larger than " + std::to_string(max_bytes) + " bytes");
  return found->second;
}

Result<void> Package::check_main(const Files& files, const Manifest& manifest) {
  std::string complaint = "'" + manifest.main + "' is not a regular file; name the file of the entry module";
  const auto* directory = std::get_if<Directory>(&files);
  const bool good = directory != nullptr ? is_regular(*directory, manifest, complaint)
                                         : std::get<ArchiveFiles>(files).contains(manifest.main);
  if (!good) return bad_main(manifest, complaint);
  return {};
}

Result<Package> Package::open(const std::filesystem::path& path) {
  auto files = open_files(path);
  if (!files) return files.error();
  const std::string shown_name = (path / kManifestName).string();
  const auto text = read(*files, kManifestName, kMaxManifestBytes);
  if (!text) {
    return Error(Errc::manifest_invalid, "the manifest cannot be read: " + text.error().message())
        .at({shown_name, 0, 0});
  }
  auto manifest = parse_manifest(*text, shown_name);
  if (!manifest) return manifest.error();
  if (auto good = check_main(*files, *manifest); !good) return good.error();
  return Package(*std::move(files), *std::move(manifest));
}

Result<std::string> Package::read(std::string_view path, std::uint64_t max_bytes) const {
  auto text = read(files_, path, max_bytes);
  if (!text) return text;
  const auto listed =
      manifest_.integrity.find(std::filesystem::path(path).lexically_normal().generic_string());
  if (listed == manifest_.integrity.end()) return text;
  if (has_digest(*text, listed->second)) return text;
  return Error(Errc::source_invalid, "'" + std::string(path) +
                                         "' is not the file whose digest the manifest lists; "
                                         "install the plugin again, or correct integrity");
}

}  // namespace cloche
