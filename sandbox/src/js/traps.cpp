#include "js/traps.h"

#include "js/runner.h"

#include <array>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <ucontext.h>
#include <utility>

namespace cloche::js {
namespace {

constexpr std::array kSignals{SIGTRAP, SIGILL, SIGSEGV, SIGBUS};

std::array<struct sigaction, kSignals.size()> g_previous;

struct sigaction& previous(int signal) noexcept {
  std::size_t i = 0;
  while (kSignals[i] != signal) ++i;
  return g_previous[i];
}

std::uintptr_t stack_pointer(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return context.uc_mcontext.sp;
#else
#error "how a signal handler redirects a thread is not known for this processor"
#endif
}

// Has the thread go on in `entry`, as if it had been called with an empty stack.
void redirect(ucontext_t& context, std::byte* stack, void (*entry)()) noexcept {
  const auto top = reinterpret_cast<std::uintptr_t>(stack) & ~std::uintptr_t{15};
  const auto code = reinterpret_cast<std::uintptr_t>(entry);
#if defined(__x86_64__)
  // A called function finds its return address below an aligned stack pointer.
  context.uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(top - 64 - sizeof(void*));
  context.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(code);
  context.uc_mcontext.gregs[REG_RBP] = 0;
#elif defined(__aarch64__)
  context.uc_mcontext.sp = top - 64;
  context.uc_mcontext.pc = code;
  context.uc_mcontext.regs[29] = 0;
#endif
}

[[noreturn]] void leave() { Runner::of_thread()->give_up(); }

void pass_on(int signal, siginfo_t* info, void* context) noexcept {
  const struct sigaction& handler = previous(signal);
  if ((handler.sa_flags & SA_SIGINFO) != 0) return handler.sa_sigaction(signal, info, context);
  if (handler.sa_handler != SIG_DFL && handler.sa_handler != SIG_IGN) return handler.sa_handler(signal);
  if (handler.sa_handler == SIG_IGN && info->si_code <= 0) return;  // sent by somebody, and not wanted
  // The default is back for what happens when this handler returns: the same again, or, where somebody sent
  // the signal, that.
  struct sigaction fallback {};
  fallback.sa_handler = SIG_DFL;
  ::sigaction(signal, &fallback, nullptr);
  if (info->si_code <= 0) ::raise(signal);
}

// A code above zero says that the kernel raised it, for what the thread itself did.
void on_trap(int signal, siginfo_t* info, void* raw) {
  auto& context = *static_cast<ucontext_t*>(raw);
  Runner* runner = Runner::of_thread();
  if (runner == nullptr || info->si_code <= 0 || !runner->contains(stack_pointer(context))) {
    return pass_on(signal, info, raw);
  }
  redirect(context, runner->worker().signal_stack.way_out(), leave);
}

}  // namespace

void contain_traps() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  struct sigaction action {};
  action.sa_sigaction = on_trap;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) {
    struct sigaction present {};
    ::sigaction(signal, nullptr, &present);
    if ((present.sa_flags & SA_SIGINFO) != 0 && present.sa_sigaction == on_trap) continue;
    previous(signal) = present;
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace cloche::js
