#pragma once

#include "js/buffer_allocator.h"
#include "js/runner.h"

#include <cloche/limits.h>
#include <memory>

namespace cloche::js {

/// Holds an isolate's heap to its limit: near it, what runs is ended with `heap_limit`, and given a little
/// more to get there.
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

/// A new isolate within `limits`, with the process's handlers for when the engine gives up.
v8::Isolate* make_isolate(const Limits& limits, std::shared_ptr<BufferAllocator> allocator,
                          MemoryAccount& memory);

}  // namespace cloche::js
