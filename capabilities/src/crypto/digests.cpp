#include "crypto/digests.h"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string>
#include <utility>

#include "text/ecma_text.h"

namespace cloche::crypto {
namespace {

using Algorithm = std::pair<std::string_view, const EVP_MD* (*)()>;
constexpr std::array<Algorithm, 4> kAlgorithms{
    {{"SHA-1", EVP_sha1}, {"SHA-256", EVP_sha256}, {"SHA-384", EVP_sha384}, {"SHA-512", EVP_sha512}}};

bool same_name(std::string_view known, std::string_view given) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(known, given, {}, {}, upper);
}

Result<const EVP_MD*> find(std::string_view name) {
  for (const auto& [known, make] : kAlgorithms) {
    if (same_name(known, name)) return make();
  }
  return Error(Errc::invalid_argument,
               "'" + text::excerpt(name, 40) +
                   "' is no digest that is known: write SHA-256, SHA-384, SHA-512 or SHA-1");
}

// Some builds of the library have an algorithm switched off (FIPS mode).
Error unavailable(std::string_view name) {
  return {Errc::not_supported, std::string(name) + " is switched off in this machine's OpenSSL"};
}

}  // namespace

Result<Bytes> digest(std::string_view algorithm, std::span<const std::uint8_t> bytes) {
  auto found = find(algorithm);
  if (!found) return found.error();
  Bytes result(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, *found, nullptr) != 1)
    return unavailable(algorithm);
  result.resize(length);
  return result;
}

Result<Bytes> hmac(std::string_view algorithm, std::span<const std::uint8_t> key,
                   std::span<const std::uint8_t> bytes) {
  static constexpr std::uint8_t kNothing =
      0;  // a null key would mean another to the library than an empty one
  auto found = find(algorithm);
  if (!found) return found.error();
  Bytes result(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  if (HMAC(*found, key.empty() ? &kNothing : key.data(), static_cast<int>(key.size()), bytes.data(),
           bytes.size(), result.data(), &length) == nullptr)
    return unavailable(algorithm);
  result.resize(length);
  return result;
}

bool timing_safe_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace cloche::crypto
