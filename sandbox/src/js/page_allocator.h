#pragma once

#include "js/compat.h"
#include "js/memory_account.h"
#include "js/page_area.h"

#include <boost/icl/interval_set.hpp>
#include <map>
#include <memory>
#include <mutex>

namespace cloche::js {

/// Where V8's pages come from. Each is charged to the account of whoever asked, and refused beyond its limit,
/// which V8 answers by collecting, by an error in JavaScript, or by giving the isolate up. Any thread.
///
/// Three kinds of memory are asked for. Pages of a heap are cut from the isolate's PageArea. Ranges of code
/// and WebAssembly memories are reserved without access and opened piece by piece; they are mappings of their
/// own, charged by what is open.
class PageAllocator final : public v8::PageAllocator {
 public:
  /// Takes away the pages of a dead isolate, and what is to be its own only: compiled WebAssembly may be shared with
  /// others. Nothing of the isolate may run any more.
  void take_away(MemoryAccount& account);

  std::size_t AllocatePageSize() override;
  std::size_t CommitPageSize() override;
  void SetRandomMmapSeed(std::int64_t) override {}
  void* GetRandomMmapAddr() override { return nullptr; }
  void* AllocatePages(void* hint, std::size_t length, std::size_t alignment, Permission permission) override;
  bool FreePages(void* address, std::size_t length) override;
  bool ReleasePages(void* address, std::size_t length, std::size_t new_length) override;
  bool SetPermissions(void* address, std::size_t length, Permission permission) override;
  bool DiscardSystemPages(void* address, std::size_t length) override;
  bool DecommitPages(void* address, std::size_t length) override;
#if V8_MAJOR_VERSION >= 12
  bool RecommitPages(void* address, std::size_t length, Permission permission) override {
    return SetPermissions(address, length, permission);
  }
#endif

 private:
  using Ranges = boost::icl::interval_set<std::uintptr_t>;

  /// The pages of one account's heap.
  struct Heap {
    Heap(std::shared_ptr<MemoryAccount> owner, std::size_t size) : account(std::move(owner)), area(size) {}
    std::shared_ptr<MemoryAccount> account;
    PageArea area;
    bool mixed = false;  // not all of it is writable
  };
  /// A mapping of its own.
  struct Mapping {
    std::size_t length = 0;
    std::shared_ptr<MemoryAccount> account;  // null: the process's
    bool external = false;                   // charged to that budget
    bool shared = false;                     // with other isolates, perhaps
    Ranges open;                             // what may be accessed

    /// Charges what of `range` was not open yet; false when that is refused.
    [[nodiscard]] bool open_up(const Ranges::interval_type& range);
    void close(const Ranges::interval_type& range);
    [[nodiscard]] MemoryBudget& budget() const { return external ? account->external() : account->pages(); }
  };

  [[nodiscard]] void* take_heap_pages(MemoryAccount& account, std::size_t length, std::size_t alignment);
  [[nodiscard]] void* map(MemoryAccount* account, void* hint, std::size_t length, std::size_t alignment,
                          Permission permission);
  [[nodiscard]] Heap* heap_of(const void* address);
  [[nodiscard]] Mapping* mapping_of(const void* address);
  void free_heap_pages(Heap& heap, void* address, std::size_t length);
  bool protect_heap(Heap& heap, void* address, std::size_t length, Permission permission);
  bool protect(Mapping& mapping, void* address, std::size_t length, Permission permission);

  std::mutex mutex_;
  std::map<MemoryAccount*, std::unique_ptr<Heap>> heaps_;
  std::map<const void*, Heap*> by_address_;
  std::map<std::uintptr_t, Mapping> mappings_;
};

}  // namespace cloche::js
