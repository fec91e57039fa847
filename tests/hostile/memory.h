#pragma once

#include <fstream>
#include <malloc.h>
#include <string>

namespace cloche::testing {

// AddressSanitizer keeps what was freed for a while, so memory says nothing there; its own search for leaks does.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kMemoryTells = false;
#elif defined(__has_feature)
inline constexpr bool kMemoryTells = !__has_feature(address_sanitizer);
#else
inline constexpr bool kMemoryTells = true;
#endif

// What the process holds in memory, in KiB; what the allocator keeps for later is given back first.
inline long resident_kib() {
  ::malloc_trim(0);
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return -1;
}

}  // namespace cloche::testing
