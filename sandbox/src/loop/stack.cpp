#include "loop/stack.h"

#include "loop/fiber_stack.h"

#include <boost/context/fiber.hpp>
#include <boost/context/preallocated.hpp>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace cloche::loop {
namespace {

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

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
  void* memory = ::mmap(nullptr, size_ + 2 * page, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  base_ = static_cast<std::byte*>(memory) + page;
  if (::mprotect(base_, size_, PROT_READ | PROT_WRITE) != 0) {
    ::munmap(memory, size_ + 2 * page);
    throw std::bad_alloc();
  }
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
  ::munmap(base_ - page_size(), size_ + 2 * page_size());
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

void GuardedStack::abandon() {
  abandoned_ = true;
  switch_->outside = std::move(switch_->outside).resume();
  std::abort();  // nobody resumes an abandoned stack
}

}  // namespace cloche::loop
