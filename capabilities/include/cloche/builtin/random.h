#pragma once

#include <cloche/registry.h>
#include <cstdint>
#include <functional>
#include <span>

namespace cloche {

/// Fills a buffer with random bytes. Called from any thread.
using RandomSource = std::function<Result<void>(std::span<std::uint8_t>)>;

/// The kernel's cryptographic generator, getrandom(2).
[[nodiscard]] RandomSource system_random();

/// `random`: `bytes(count)`, at most 65,536 at once; `uuid()`, a version 4 UUID (RFC 9562, section 5.4);
/// `uniform()`, a number from 0 up to but not 1, of 53 random bits.
void define_random(Registry& registry, RandomSource source = system_random());

}  // namespace cloche
