#include <cloche/accepted_manifest.h>

#include <cloche/manifest.h>

namespace cloche {
namespace {

std::vector<CapabilityRequest> without_reasons(std::vector<CapabilityRequest> requests) {
  for (CapabilityRequest& request : requests) request.reason.clear();
  return requests;
}

}  // namespace

AcceptedManifest accepted(const Manifest& manifest) {
  return {manifest.id,
          manifest.version,
          manifest.publisher.key,
          manifest.digest,
          without_reasons(manifest.required),
          without_reasons(manifest.optional),
          manifest.where};
}

}  // namespace cloche
