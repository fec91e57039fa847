#include "js/buffer_allocator.h"

#include <algorithm>
#include <cstdlib>

namespace cloche::js {

bool BufferAllocator::charge(std::size_t length) noexcept {
  ByteCount used = used_.load(std::memory_order_relaxed);
  do {
    if (length > limit_ - std::min(used, limit_)) return false;
  } while (!used_.compare_exchange_weak(used, used + length, std::memory_order_relaxed));
  return true;
}

void* BufferAllocator::Allocate(std::size_t length) {
  if (!charge(length)) return nullptr;
  void* data = std::calloc(length, 1);
  if (data == nullptr) used_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void* BufferAllocator::AllocateUninitialized(std::size_t length) {
  if (!charge(length)) return nullptr;
  void* data = std::malloc(length);
  if (data == nullptr) used_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void BufferAllocator::Free(void* data, std::size_t length) {
  used_.fetch_sub(length, std::memory_order_relaxed);
  std::free(data);
}

}  // namespace cloche::js
