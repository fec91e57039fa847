#pragma once

#include "loop/address_space.h"
#include "loop/sanitizer.h"

#include <boost/context/stack_context.hpp>
#include <cstddef>
#include <new>
#include <sys/mman.h>

namespace cloche::loop {

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
