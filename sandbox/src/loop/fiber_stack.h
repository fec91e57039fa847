#pragma once

#include "loop/address_space.h"

#include <boost/context/stack_context.hpp>
#include <cstddef>
#include <new>
#include <sys/mman.h>

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

/// The stacks of fibers: above a guard page, of one size; touched pages alone take memory.
class FiberStack {
 public:
  boost::context::stack_context allocate() {
    const std::size_t guard = page_size();
    std::byte* memory = map_high(guard + kSize, guard, PROT_READ | PROT_WRITE);
    if (memory == nullptr) throw std::bad_alloc();
    if (::mprotect(memory, guard, PROT_NONE) != 0) {
      unmap(memory, guard + kSize);
      throw std::bad_alloc();
    }
    boost::context::stack_context stack;
    stack.size = kSize;
    stack.sp = memory + guard + kSize;
    forget(stack);
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept {
    forget(stack);
    unmap(static_cast<std::byte*>(stack.sp) - stack.size - page_size(), stack.size + page_size());
  }

 private:
  static constexpr std::size_t kSize = 256 * 1024;

  static void forget(const boost::context::stack_context& stack) noexcept {
    forget_frames(static_cast<std::byte*>(stack.sp) - stack.size, stack.size);
  }
};

}  // namespace cloche::loop
