#include "js/page_allocator.h"

#include "loop/address_space.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <sys/mman.h>

namespace cloche::js {
namespace {

int protection(v8::PageAllocator::Permission permission) noexcept {
  using Allocator = v8::PageAllocator;
  switch (permission) {
    case Allocator::kRead: return PROT_READ;
    case Allocator::kReadWrite: return PROT_READ | PROT_WRITE;
    case Allocator::kReadWriteExecute: return PROT_READ | PROT_WRITE | PROT_EXEC;
    case Allocator::kReadExecute: return PROT_READ | PROT_EXEC;
    default: return PROT_NONE;
  }
}

std::uintptr_t address_of(const void* pointer) noexcept { return reinterpret_cast<std::uintptr_t>(pointer); }

auto range_of(const void* address, std::size_t length) {
  return boost::icl::interval<std::uintptr_t>::right_open(address_of(address), address_of(address) + length);
}

// An area is twice what may be taken of it: large objects of odd sizes leave gaps.
std::size_t area_size(const MemoryAccount& account) noexcept {
  constexpr ByteCount kMost = ByteCount{1} << 40;
  return std::min(account.pages().limit(), kMost / 2) * 2;
}

}  // namespace

std::size_t PageAllocator::AllocatePageSize() { return loop::page_size(); }
std::size_t PageAllocator::CommitPageSize() { return loop::page_size(); }

void* PageAllocator::AllocatePages(void* hint, std::size_t length, std::size_t alignment,
                                   Permission permission) {
  MemoryAccount* account = MemoryAccount::current();
  const bool heap = account != nullptr && alignment >= PageArea::kAlignment &&
                    (permission == kNoAccess || permission == kReadWrite);
  const std::scoped_lock lock(mutex_);
  return heap ? take_heap_pages(*account, length, alignment)
              : map(account, hint, length, alignment, permission);
}

void* PageAllocator::take_heap_pages(MemoryAccount& account, std::size_t length, std::size_t alignment) {
  auto& heap = heaps_[&account];
  if (!heap) {
    try {
      heap = std::make_unique<Heap>(account.shared_from_this(), area_size(account));
    } catch (const std::bad_alloc&) {
      heaps_.erase(&account);
      return nullptr;
    }
    by_address_.emplace(heap->area.begin(), heap.get());
  }
  if (!account.pages().charge(length)) return nullptr;
  std::byte* pages = heap->area.take(length, alignment);
  if (pages == nullptr) account.pages().refund(length);
  return pages;
}

void* PageAllocator::map(MemoryAccount* account, void* hint, std::size_t length, std::size_t alignment,
                         Permission permission) {
  Mapping mapping;
  mapping.length = length;
  if (account != nullptr) {
    mapping.account = account->shared_from_this();
    const bool code = permission == kNoAccessWillJitLater || permission == kReadWriteExecute;
    mapping.external = account->isolate_made() && !code;
    mapping.shared = account->isolate_made() && code;
  }
  // V8 asks for code to be near its own library, where calls are shorter, while there is room.
  std::byte* memory = nullptr;
  if (hint != nullptr && address_of(hint) % alignment == 0) memory = loop::map_at(hint, length, PROT_NONE);
  if (memory == nullptr) memory = loop::map_high(length, alignment, PROT_NONE);
  if (memory == nullptr) return nullptr;
  auto& kept = mappings_.emplace(address_of(memory), std::move(mapping)).first->second;
  if (protect(kept, memory, length, permission)) return memory;
  mappings_.erase(address_of(memory));
  loop::unmap(memory, length);
  return nullptr;
}

PageAllocator::Heap* PageAllocator::heap_of(const void* address) {
  auto it = by_address_.upper_bound(address);
  if (it == by_address_.begin()) return nullptr;
  Heap* heap = std::prev(it)->second;
  return heap->area.contains(address) ? heap : nullptr;
}

PageAllocator::Mapping* PageAllocator::mapping_of(const void* address) {
  auto it = mappings_.upper_bound(address_of(address));
  if (it == mappings_.begin()) return nullptr;
  --it;
  return address_of(address) < it->first + it->second.length ? &it->second : nullptr;
}

bool PageAllocator::FreePages(void* address, std::size_t length) {
  const std::scoped_lock lock(mutex_);
  if (Heap* heap = heap_of(address)) {
    free_heap_pages(*heap, address, length);
    return true;
  }
  const auto found = mappings_.find(address_of(address));
  if (found == mappings_.end()) return false;
  found->second.close(range_of(address, length));
  loop::unmap(address, found->second.length);
  mappings_.erase(found);
  return true;
}

void PageAllocator::free_heap_pages(Heap& heap, void* address, std::size_t length) {
  if (heap.mixed) ::mprotect(address, length, PROT_READ | PROT_WRITE);
  heap.area.give_back(static_cast<std::byte*>(address), length);
  heap.account->pages().refund(length);
  if (!heap.area.empty()) return;
  by_address_.erase(heap.area.begin());
  heaps_.erase(heap.account.get());
}

bool PageAllocator::ReleasePages(void* address, std::size_t length, std::size_t new_length) {
  auto* end = static_cast<std::byte*>(address) + new_length;
  const std::scoped_lock lock(mutex_);
  if (Heap* heap = heap_of(address)) {
    free_heap_pages(*heap, end, length - new_length);
    return true;
  }
  Mapping* mapping = mapping_of(address);
  if (mapping == nullptr) return false;
  mapping->close(range_of(end, length - new_length));
  mapping->length = new_length;
  return ::munmap(end, length - new_length) == 0;
}

bool PageAllocator::SetPermissions(void* address, std::size_t length, Permission permission) {
  const std::scoped_lock lock(mutex_);
  if (Heap* heap = heap_of(address)) return protect_heap(*heap, address, length, permission);
  Mapping* mapping = mapping_of(address);
  return mapping != nullptr && protect(*mapping, address, length, permission);
}

// Writable is what they are; to be without access is to hold nothing, for the isolate's own code alone runs in it.
bool PageAllocator::protect_heap(Heap& heap, void* address, std::size_t length, Permission permission) {
  const int wanted = protection(permission);
  if (wanted == PROT_NONE) return ::madvise(address, length, MADV_DONTNEED) == 0;
  const bool writable = wanted == (PROT_READ | PROT_WRITE);
  if (writable && !heap.mixed) return true;
  heap.mixed = true;
  return ::mprotect(address, length, wanted) == 0;
}

bool PageAllocator::protect(Mapping& mapping, void* address, std::size_t length, Permission permission) {
  const auto range = range_of(address, length);
  const int wanted = protection(permission);
  if (wanted == PROT_NONE) {
    mapping.close(range);
    return ::mprotect(address, length, PROT_NONE) == 0 && ::madvise(address, length, MADV_DONTNEED) == 0;
  }
  if (!mapping.open_up(range)) return false;
  return ::mprotect(address, length, wanted) == 0;
}

bool PageAllocator::DiscardSystemPages(void* address, std::size_t length) {
  return ::madvise(address, length, MADV_DONTNEED) == 0;
}

bool PageAllocator::DecommitPages(void* address, std::size_t length) {
  return SetPermissions(address, length, kNoAccess);
}

void PageAllocator::take_away(MemoryAccount& account) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = heaps_.find(&account); found != heaps_.end()) {
    found->second->area.retire();
    by_address_.erase(found->second->area.begin());
    heaps_.erase(found);
  }
  for (auto it = mappings_.begin(); it != mappings_.end();) {
    const auto& [address, mapping] = *it;
    if (mapping.account.get() != &account || mapping.shared) {
      ++it;
      continue;
    }
    loop::retire_pages(reinterpret_cast<void*>(address), mapping.length);
    it = mappings_.erase(it);
  }
}

bool PageAllocator::Mapping::open_up(const Ranges::interval_type& range) {
  if (account) {
    Ranges more;
    more += range;
    more -= open;
    if (!budget().charge(boost::icl::cardinality(more))) return false;
  }
  open += range;
  return true;
}

void PageAllocator::Mapping::close(const Ranges::interval_type& range) {
  if (account) budget().refund(boost::icl::cardinality(open & range));
  open -= range;
}

}  // namespace cloche::js
