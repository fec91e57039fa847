#pragma once

#include "loop/address_space.h"
#include "loop/sanitizer.h"

#include <boost/context/stack_context.hpp>
#include <cstddef>

namespace cloche::loop {

/// The stacks of fibers: above a guard page, of one size; touched pages alone take memory.
class FiberStack {
 public:
  boost::context::stack_context allocate() {
    boost::context::stack_context stack;
    stack.size = kSize;
    stack.sp = map_stack(kSize, page_size()) + kSize;
    forget(stack);
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept {
    forget(stack);
    unmap_stack(static_cast<std::byte*>(stack.sp) - stack.size, stack.size, page_size());
  }

 private:
  static constexpr std::size_t kSize = 256 * 1024;

  static void forget(const boost::context::stack_context& stack) noexcept {
    forget_frames(static_cast<std::byte*>(stack.sp) - stack.size, stack.size);
  }
};

}  // namespace cloche::loop
