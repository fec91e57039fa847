#pragma once

#include "js/compat.h"

#include <atomic>
#include <cloche/limits.h>

namespace cloche::js {

/// Memory of ArrayBuffers, counted and refused beyond a limit. V8 allocates and frees from any thread.
class BufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit BufferAllocator(ByteCount limit) noexcept : limit_(limit) {}

  void* Allocate(std::size_t length) override;
  void* AllocateUninitialized(std::size_t length) override;
  void Free(void* data, std::size_t length) override;

  [[nodiscard]] ByteCount used() const noexcept { return used_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] bool charge(std::size_t length) noexcept;

  const ByteCount limit_;
  std::atomic<ByteCount> used_{0};
};

}  // namespace cloche::js
