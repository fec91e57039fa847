#pragma once

#include "js/compat.h"
#include "js/memory_account.h"

#include <memory>
#include <mutex>

namespace cloche::js {

/// Memory of ArrayBuffers, charged to the account's external budget. V8 allocates and frees from any thread.
class BufferAllocator final : public v8::ArrayBuffer::Allocator {
 public:
  explicit BufferAllocator(std::shared_ptr<MemoryAccount> account) noexcept : account_(std::move(account)) {}
  ~BufferAllocator() override;

  void* Allocate(std::size_t length) override;
  void* AllocateUninitialized(std::size_t length) override;
  void Free(void* data, std::size_t length) override;

  /// Frees what a dead isolate has left.
  void free_all() noexcept;

 private:
  /// Stands before each buffer.
  struct alignas(16) Header {
    Header* previous;
    Header* next;
  };
  [[nodiscard]] void* keep(Header* header, std::size_t length);

  std::shared_ptr<MemoryAccount> account_;
  std::mutex mutex_;
  Header* first_ = nullptr;
};

}  // namespace cloche::js
