#include "js/memory_account.h"

#include "js/runner.h"

#include <algorithm>
#include <utility>

namespace cloche::js {
namespace {

constexpr ByteCount kBeyondHeap = ByteCount{32} << 20;

thread_local MemoryAccount* t_charged = nullptr;

ByteCount page_limit(ByteCount heap_limit) noexcept {
  return heap_limit > (Limits::kUnlimited - kBeyondHeap) / 2 ? Limits::kUnlimited
                                                             : 2 * heap_limit + kBeyondHeap;
}

}  // namespace

bool MemoryBudget::charge(ByteCount bytes) noexcept {
  ByteCount used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ - std::min(used, limit_)) {
      refused_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  return true;
}

MemoryAccount::MemoryAccount(ByteCount heap_limit, ByteCount external_limit) noexcept
    : pages_(page_limit(heap_limit)), external_(external_limit) {}

MemoryAccount* MemoryAccount::current() noexcept {
  if (t_charged != nullptr) return t_charged;
  Runner* runner = Runner::of_thread();
  return runner == nullptr ? nullptr : &runner->memory();
}

MemoryAccount::Charging::Charging(MemoryAccount& account) noexcept
    : outer_(std::exchange(t_charged, &account)) {}

MemoryAccount::Charging::~Charging() { t_charged = outer_; }

bool MemoryAccount::begin_work() noexcept {
  const std::scoped_lock lock(mutex_);
  if (dead_) return false;
  ++working_;
  return true;
}

void MemoryAccount::end_work() noexcept {
  std::function<void()> then;
  const std::scoped_lock lock(mutex_);
  if (--working_ == 0 && dead_) then = std::exchange(then_, {});
  if (then) then();
}

void MemoryAccount::bury(std::function<void()> then) {
  const std::scoped_lock lock(mutex_);
  dead_ = true;
  if (working_ > 0) {
    then_ = std::move(then);
  } else {
    then();
  }
}

}  // namespace cloche::js
