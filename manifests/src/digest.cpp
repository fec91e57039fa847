#include "digest.h"

#include <sodium.h>
#include <string>

namespace cloche {

bool has_digest(std::string_view text, std::string_view expected) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  char base64[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
  return expected == "sha256-" + std::string(base64);
}

}  // namespace cloche
