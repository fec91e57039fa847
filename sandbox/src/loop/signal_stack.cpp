#include "loop/signal_stack.h"

#include "loop/address_space.h"

#include <new>
#include <sys/mman.h>

namespace cloche::loop {

SignalStack::SignalStack() : memory_(map_high(2 * kSize, page_size(), PROT_READ | PROT_WRITE)) {
  if (memory_ == nullptr) throw std::bad_alloc();
  forget_frames(memory_, 2 * kSize);
  stack_t present{};
  ::sigaltstack(nullptr, &present);
  if ((present.ss_flags & SS_DISABLE) == 0) return;
  stack_t ours{};
  ours.ss_sp = memory_;
  ours.ss_size = kSize;
  installed_ = ::sigaltstack(&ours, nullptr) == 0;
}

SignalStack::~SignalStack() {
  if (installed_) {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  forget_frames(memory_, 2 * kSize);
  unmap(memory_, 2 * kSize);
}

}  // namespace cloche::loop
