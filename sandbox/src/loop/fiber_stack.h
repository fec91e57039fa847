#pragma once

#include <boost/fiber/protected_fixedsize_stack.hpp>
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
#endif

namespace cloche::loop {

/// Tells AddressSanitizer, where there is one, that nothing of a stack's frames is there any more. It marks the variables of
/// frames that were left without returning, and the marks would outlive the mapping and be found by who gets the addresses next.
inline void forget_frames([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) noexcept {
#ifdef CLOCHE_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(memory, size);
#endif
}

/// The stacks of fibers: with a guard page, of one size; touched pages alone take memory.
class FiberStack {
 public:
  boost::context::stack_context allocate() {
    auto stack = inner_.allocate();
    forget(stack);
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept {
    forget(stack);
    inner_.deallocate(stack);
  }

 private:
  static constexpr std::size_t kSize = 256 * 1024;

  static void forget(const boost::context::stack_context& stack) noexcept {
    forget_frames(static_cast<std::byte*>(stack.sp) - stack.size, stack.size);
  }

  boost::fibers::protected_fixedsize_stack inner_{kSize};
};

}  // namespace cloche::loop
