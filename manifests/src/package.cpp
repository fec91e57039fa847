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
Result<void> check_main(const Directory& directory, const Manifest& manifest) {
  const auto file = directory.open_beneath(manifest.main, O_PATH);
  if (!file) return bad_main(manifest, file.error().message());
  struct stat status {};
  if (::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return bad_main(manifest,
                    "'" + manifest.main + "' is not a regular file; name the file of the entry module");
  }
  return {};
}

Result<std::string> read_manifest(const Directory& directory, const std::string& shown_name) {
  auto text = directory.read_file(Package::kManifestName, Package::kMaxManifestBytes);
  if (text) return text;
  return Error(Errc::manifest_invalid, "the manifest cannot be read: " + text.error().message())
      .at({shown_name, 0, 0});
}

}  // namespace

Result<Package> Package::open(const std::filesystem::path& folder) {
  auto directory = Directory::open(folder);
  if (!directory) return directory.error();
  const std::string shown_name = (folder / kManifestName).string();
  const auto text = read_manifest(*directory, shown_name);
  if (!text) return text.error();
  auto manifest = parse_manifest(*text, shown_name);
  if (!manifest) return manifest.error();
  if (auto good = check_main(*directory, *manifest); !good) return good.error();
  return Package(*std::move(directory), *std::move(manifest));
}

Result<std::string> Package::read(std::string_view path, std::uint64_t max_bytes) const {
  auto text = directory_.read_file(path, max_bytes);
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
