// Feeds the parser of a grant store's file arbitrary bytes. What it accepts can be written, is read back as the
// same, and is then written as the same text.

#include <cloche/grant_file.h>
#include <cstdint>
#include <cstdlib>

namespace {

// Everything of a file but the places its entries stand at.
std::string spelled(const cloche::GrantFile& file) {
  const auto text = cloche::format_grants(file);
  if (!text) std::abort();
  return *text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = cloche::parse_grants(text, "grants.yaml");
  if (!file) {
    const cloche::Error& error = file.error();
    if (error.code() != cloche::Errc::policy_invalid || !error.where() || error.message().empty())
      std::abort();
    return 0;
  }
  const std::string written = spelled(*file);
  const auto again = cloche::parse_grants(written, "grants.yaml");
  if (!again || spelled(*again) != written) std::abort();
  return 0;
}
