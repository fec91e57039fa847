// Feeds the policy parser arbitrary bytes, and resolves a plugin that asks for everything under each policy
// it accepts: nothing may be granted that the policy's denials name as a whole.

#include <cloche/policy.h>
#include <cloche/resolve.h>
#include <cstdint>
#include <cstdlib>

namespace {

cloche::Catalogue catalogue() {
  using cloche::ScopeKind;
  return {
      {{"log", "", {}, {}},
       {"fs.read", "", {{"path", ScopeKind::path, true, {}}, {"max_bytes", ScopeKind::size, false, {}}}, {}},
       {"net.fetch",
        "",
        {{"url", ScopeKind::url, true, {}}, {"addresses", ScopeKind::text_list, false, {}}},
        {}}}};
}

cloche::Manifest manifest() {
  cloche::Manifest manifest;
  manifest.id = "com.acme.x";
  manifest.version = cloche::Version{2, 1, 0, {}, {}};
  for (const char* id : {"log", "fs.read", "net.fetch"}) {
    cloche::CapabilityRequest request;
    request.id = id;
    request.has_allow = true;
    request.allow.everything = true;
    manifest.optional.push_back(std::move(request));
  }
  return manifest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const cloche::Catalogue kCatalogue = catalogue();
  static const cloche::Manifest kManifest = manifest();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = cloche::parse_policy(text, "policy.yaml");
  if (!policy) {
    const cloche::Error& error = policy.error();
    if (error.code() != cloche::Errc::policy_invalid || !error.where() || error.message().empty())
      std::abort();
    return 0;
  }
  (void)check_capabilities(*policy, kCatalogue);
  const cloche::Grants grants = resolve(kManifest, *policy, kCatalogue);
  for (const cloche::Grant& grant : grants.granted) {
    if (grants.refused || grant.allow.empty()) std::abort();
    for (const cloche::ScopeSet& deny : grant.deny) {
      if (deny.everything) std::abort();
    }
  }
  return 0;
}
