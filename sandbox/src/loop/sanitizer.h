#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define CLOCHE_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLOCHE_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef CLOCHE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace cloche::loop {

/// Tells AddressSanitizer, where there is one, that nothing of a stack's frames is there any more. It marks the variables of
/// frames that were left without returning, and the marks would outlive the mapping and be found by who gets the addresses next.
inline void forget_frames([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) noexcept {
#ifdef CLOCHE_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(memory, size);
#endif
}

/// While it lives, LeakSanitizer, where there is one, takes what is allocated for something that is meant to stay.
class MeantToStay {
 public:
  MeantToStay() = default;
  MeantToStay(const MeantToStay&) = delete;
  MeantToStay& operator=(const MeantToStay&) = delete;

#ifdef CLOCHE_ADDRESS_SANITIZER
 private:
  __lsan::ScopedDisabler disabler_;
#endif
};

}  // namespace cloche::loop
