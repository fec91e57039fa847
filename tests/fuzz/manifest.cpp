// Feeds the manifest parser arbitrary bytes: whatever they are, it answers with a manifest or an error that
// has a place.

#include <cloche/manifest.h>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = cloche::parse_manifest(text, "plugin.yaml");
  if (!manifest) {
    const cloche::Error& error = manifest.error();
    if (error.code() != cloche::Errc::manifest_invalid || !error.where() || error.message().empty())
      std::abort();
    for (const cloche::Error& more : error.more()) {
      if (!more.where()) std::abort();
    }
    return 0;
  }
  if (manifest->id.empty() || manifest->main.empty() || manifest->main.front() == '/') std::abort();
  return 0;
}
