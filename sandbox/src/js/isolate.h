#pragma once

#include "js/engine.h"
#include "js/runner.h"

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

/// Holds an isolate's heap to its limit: near it, what runs is ended with `heap_limit`, and given a little more to get there.
class HeapLimit {
 public:
  HeapLimit(Runner& runner, ByteCount limit) noexcept : runner_(runner), limit_(limit) {}

  void watch(v8::Isolate* isolate);
  /// After a run that it ended: collects what that left and restores the limit. From inside the isolate.
  void restore(v8::Isolate* isolate);

 private:
  static std::size_t near_limit(void* self, std::size_t current, std::size_t initial);

  Runner& runner_;
  ByteCount limit_;
};

/// A new isolate within `limits`, with the process's handlers for when the engine gives up: they lead to `runner`, when `contain` says so.
v8::Isolate* make_isolate(const Limits& limits, BufferAllocator& allocator, Runner& runner, bool contain);

}  // namespace cloche::js
