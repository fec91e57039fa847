#include "digest.h"

#include <array>
#include <sodium.h>

namespace cloche {
namespace {

using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

Hash hash_of(std::string_view text) {
  Hash hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

}  // namespace

bool has_digest(std::string_view text, std::string_view expected) {
  const Hash hash = hash_of(text);
  char base64[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(base64, sizeof base64, hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return expected == "sha256-" + std::string(base64);
}

std::string sha256(std::string_view text) {
  const Hash hash = hash_of(text);
  char digits[2 * sizeof hash + 1];
  sodium_bin2hex(digits, sizeof digits, hash.data(), hash.size());
  return "sha256:" + std::string(digits);
}

}  // namespace cloche
