#pragma once

#include <cloche/builtin/random.h>
#include <cloche/registry.h>

namespace cloche {

/// `crypto`: `randomUUID()`, a version 4 UUID (RFC 9562, section 5.4) of bytes from `source`; `digest(algorithm, bytes)`
/// and `hmac(algorithm, key, bytes)` (RFC 2104); and `timingSafeEqual(a, b)`, which takes a time that tells nothing but
/// the lengths. The algorithms are SHA-256, SHA-384 and SHA-512 (FIPS 180-4), and SHA-1 for what already depends on it:
/// nothing may be trusted for its SHA-1 alone. Takes no scope, for it gives nothing of the outside. Error:
/// `invalid_argument` for another algorithm.
void define_crypto(Registry& registry, RandomSource source = system_random());

}  // namespace cloche
