#include <cloche/builtin/crypto.h>

#include <string>
#include <utility>

#include "crypto/digests.h"
#include "text/uuid.h"

namespace cloche {

void define_crypto(Registry& registry, RandomSource source) {
  registry.define("crypto")
      .summary("Makes UUIDs, digests and authentication codes")
      .sync("randomUUID", [source = std::move(source)] { return text::random_uuid(source); },
            {{}, "A random UUID."})
      .sync("digest",
            [](const std::string& algorithm, const Bytes& bytes) { return crypto::digest(algorithm, bytes); },
            {{"algorithm", "bytes"}, "The digest of the bytes by SHA-256, SHA-384, SHA-512 or SHA-1."})
      .sync("hmac",
            [](const std::string& algorithm, const Bytes& key, const Bytes& bytes) {
              return crypto::hmac(algorithm, key, bytes);
            },
            {{"algorithm", "key", "bytes"},
             "The code that authenticates the bytes to who knows the key (HMAC)."})
      .sync("timingSafeEqual", [](const Bytes& a, const Bytes& b) { return crypto::timing_safe_equal(a, b); },
            {{"a", "b"}, "Whether they are equal, in a time that does not tell where they differ."});
}

}  // namespace cloche
