#include "loop/stack.h"

#include "loop/address_space.h"
#include "loop/sanitizer.h"

#include <boost/context/fiber.hpp>
#include <boost/context/preallocated.hpp>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace cloche::loop {
namespace {

// Nobody's frame is so large that it steps over this.
constexpr std::size_t kGuard = 64 * 1024;

/// The memory is GuardedStack's; Boost.Context has nothing to free.
struct NotOwned {
  void deallocate(boost::context::stack_context&) const noexcept {}
};

}  // namespace

struct GuardedStack::Switch {
  boost::context::fiber inside;   // the stack, while nobody runs on it
  boost::context::fiber outside;  // whoever runs on it, while somebody does
  void (*job)(void*) = nullptr;
  void* context = nullptr;
};

GuardedStack::GuardedStack(std::size_t size) : switch_(std::make_unique<Switch>()) {
  const std::size_t page = page_size();
  size_ = (size + page - 1) / page * page;
  base_ = map_stack(size_, kGuard);
  forget_frames(base_, size_);
  boost::context::stack_context context;
  context.sp = base_ + size_;
  context.size = size_;
  Switch* state = switch_.get();
  switch_->inside = boost::context::fiber(std::allocator_arg,
                                          boost::context::preallocated(context.sp, context.size, context),
                                          NotOwned(), [state](boost::context::fiber&& outside) {
                                            state->outside = std::move(outside);
                                            while (state->job != nullptr) {
                                              state->job(state->context);
                                              state->outside = std::move(state->outside).resume();
                                            }
                                            return std::move(state->outside);
                                          });
}

GuardedStack::~GuardedStack() {
  if (!abandoned_) {
    switch_->job = nullptr;  // lets the loop on the stack end, if it ever began
    if (switch_->inside) switch_->inside = std::move(switch_->inside).resume();
  }
  forget_frames(base_, size_);
  unmap_stack(base_, size_, kGuard);
}

void GuardedStack::run(void (*job)(void*), void* context) {
  switch_->job = job;
  switch_->context = context;
  active_ = true;
  boost::context::fiber inside = std::move(switch_->inside).resume();
  active_ = false;
  if (abandoned_) {
    // Destroying the continuation would unwind the dead stack: it is forgotten instead.
    new boost::context::fiber(std::move(inside));
    return;
  }
  switch_->inside = std::move(inside);
}

void GuardedStack::discard_unused() noexcept {
  // Between jobs the stack holds the one frame that waits for the next, at its top.
  constexpr std::size_t kKept = 8 * 1024;
  if (size_ > kKept) ::madvise(base_, size_ - kKept, MADV_DONTNEED);
}

bool GuardedStack::contains(std::uintptr_t address) const noexcept {
  return address >= limit() - kGuard && address < limit() + size_;
}

void GuardedStack::abandon() {
  abandoned_ = true;
  switch_->outside = std::move(switch_->outside).resume();
  std::abort();  // nobody resumes an abandoned stack
}

}  // namespace cloche::loop
