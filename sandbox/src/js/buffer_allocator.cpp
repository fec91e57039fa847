#include "js/buffer_allocator.h"

#include <cstdlib>

namespace cloche::js {

BufferAllocator::~BufferAllocator() { free_all(); }

void* BufferAllocator::keep(Header* header, std::size_t length) {
  if (header == nullptr) {
    account_->external().refund(length);
    return nullptr;
  }
  const std::scoped_lock lock(mutex_);
  header->previous = nullptr;
  header->next = first_;
  if (first_ != nullptr) first_->previous = header;
  first_ = header;
  return header + 1;
}

void* BufferAllocator::Allocate(std::size_t length) {
  if (!account_->external().charge(length)) return nullptr;
  return keep(static_cast<Header*>(std::calloc(1, sizeof(Header) + length)), length);
}

void* BufferAllocator::AllocateUninitialized(std::size_t length) {
  if (!account_->external().charge(length)) return nullptr;
  return keep(static_cast<Header*>(std::malloc(sizeof(Header) + length)), length);
}

void BufferAllocator::Free(void* data, std::size_t length) {
  if (data == nullptr) return;
  Header* header = static_cast<Header*>(data) - 1;
  {
    const std::scoped_lock lock(mutex_);
    if (header->previous != nullptr) header->previous->next = header->next;
    if (header->next != nullptr) header->next->previous = header->previous;
    if (first_ == header) first_ = header->next;
  }
  account_->external().refund(length);
  std::free(header);
}

void BufferAllocator::free_all() noexcept {
  const std::scoped_lock lock(mutex_);
  while (first_ != nullptr) {
    Header* header = first_;
    first_ = header->next;
    std::free(header);
  }
}

}  // namespace cloche::js
