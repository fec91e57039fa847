#include "js/page_area.h"

#include "loop/address_space.h"

#include <iterator>
#include <new>
#include <sys/mman.h>

namespace cloche::js {

PageArea::PageArea(std::size_t size) : size_((size + kAlignment - 1) / kAlignment * kAlignment) {
  base_ = loop::map_high(size_, kAlignment, PROT_READ | PROT_WRITE);
  if (base_ == nullptr) throw std::bad_alloc();
  // Huge pages would make two megabytes resident for the few kilobytes an idle heap keeps in each place.
  ::madvise(base_, size_, MADV_NOHUGEPAGE);
  free_.emplace(reinterpret_cast<std::uintptr_t>(base_), size_);
}

PageArea::~PageArea() {
  if (!retired_) loop::unmap(base_, size_);
}

std::byte* PageArea::take(std::size_t length, std::size_t alignment) {
  for (auto it = free_.begin(); it != free_.end(); ++it) {
    const auto [begin, free] = *it;
    const std::uintptr_t place = (begin + alignment - 1) & ~(alignment - 1);
    const std::size_t before = place - begin;
    if (before > free || free - before < length) continue;
    free_.erase(it);
    if (before > 0) free_.emplace(begin, before);
    if (const std::size_t rest = free - before - length; rest > 0) free_.emplace(place + length, rest);
    taken_ += length;
    return reinterpret_cast<std::byte*>(place);
  }
  return nullptr;
}

void PageArea::give_back(std::byte* pages, std::size_t length) noexcept {
  ::madvise(pages, length, MADV_DONTNEED);
  taken_ -= length;
  insert_free(reinterpret_cast<std::uintptr_t>(pages), length);
}

void PageArea::insert_free(std::uintptr_t begin, std::size_t length) {
  auto next = free_.lower_bound(begin);
  if (next != free_.end() && begin + length == next->first) {
    length += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    if (auto previous = std::prev(next); previous->first + previous->second == begin) {
      previous->second += length;
      return;
    }
  }
  free_.emplace_hint(next, begin, length);
}

bool PageArea::contains(const void* address) const noexcept {
  const auto* byte = static_cast<const std::byte*>(address);
  return byte >= base_ && byte < base_ + size_;
}

void PageArea::retire() noexcept {
  retired_ = true;
  loop::retire_pages(base_, size_);
}

}  // namespace cloche::js
