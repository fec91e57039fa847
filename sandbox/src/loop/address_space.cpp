#include "loop/address_space.h"

#include <cstdint>
#include <mutex>
#include <new>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace cloche::loop {
namespace {

constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

// The main thread's stack grows towards us; it is far from a gigabyte.
constexpr std::uintptr_t kRoomForStack = std::uintptr_t{1} << 30;

std::uintptr_t round_down(std::uintptr_t value, std::size_t to) noexcept { return value & ~(to - 1); }

// The kernel puts the random bytes it gives a program at the start of its stack.
std::uintptr_t below_main_stack() noexcept {
  const std::uintptr_t stack = ::getauxval(AT_RANDOM);
  return stack > kRoomForStack ? round_down(stack - kRoomForStack, page_size()) : 0;
}

/// Hands out addresses from the top down, those that were given back first. The sizes asked for are few and
/// come again and again: stacks, heaps, ranges of code.
class Places {
 public:
  std::uintptr_t take(std::size_t size, std::size_t alignment) {
    const std::scoped_lock lock(mutex_);
    if (auto& freed = freed_[size]; !freed.empty() && freed.back() % alignment == 0) {
      const std::uintptr_t place = freed.back();
      freed.pop_back();
      return place;
    }
    if (lowest_ < size + alignment) return 0;
    return lowest_ = round_down(lowest_ - size, alignment);
  }
  void give_back(std::uintptr_t place, std::size_t size) {
    const std::scoped_lock lock(mutex_);
    if (place >= lowest_) freed_[size].push_back(place);
  }

 private:
  std::mutex mutex_;
  std::uintptr_t lowest_ = below_main_stack();
  std::unordered_map<std::size_t, std::vector<std::uintptr_t>> freed_;
};

Places& places() {
  static Places* const all = new Places;  // engine threads may outlive static objects
  return *all;
}

std::byte* map(std::uintptr_t hint, std::size_t size, int protection) noexcept {
  void* memory = ::mmap(reinterpret_cast<void*>(hint), size, protection, kFlags, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
}

// Anywhere: maps more than is asked for, and gives back what lies before and behind the aligned part.
std::byte* map_anywhere(std::size_t size, std::size_t alignment, int protection) noexcept {
  std::byte* memory = map(0, size + alignment, protection);
  if (memory == nullptr) return nullptr;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t aligned = round_down(begin + alignment - 1, alignment);
  if (aligned > begin) ::munmap(memory, aligned - begin);
  if (const std::size_t rest = begin + alignment - aligned; rest > 0) {
    ::munmap(reinterpret_cast<void*>(aligned + size), rest);
  }
  return reinterpret_cast<std::byte*>(aligned);
}

}  // namespace

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

std::byte* map_at(void* address, std::size_t size, int protection) noexcept {
  std::byte* memory = map(reinterpret_cast<std::uintptr_t>(address), size, protection);
  if (memory == nullptr || memory == address) return memory;
  ::munmap(memory, size);
  return nullptr;
}

std::byte* map_high(std::size_t size, std::size_t alignment, int protection) noexcept {
  if (const std::uintptr_t place = places().take(size, alignment); place != 0) {
    if (std::byte* memory = map_at(reinterpret_cast<void*>(place), size, protection)) return memory;
  }
  return map_anywhere(size, alignment, protection);
}

std::byte* map_stack(std::size_t size, std::size_t guard) {
  std::byte* memory = map_high(guard + size, page_size(), PROT_NONE);
  if (memory == nullptr) throw std::bad_alloc();
  if (::mprotect(memory + guard, size, PROT_READ | PROT_WRITE) == 0) return memory + guard;
  unmap(memory, guard + size);
  throw std::bad_alloc();
}

void unmap_stack(std::byte* stack, std::size_t size, std::size_t guard) noexcept {
  unmap(stack - guard, guard + size);
}

void unmap(void* address, std::size_t size) noexcept {
  ::munmap(address, size);
  places().give_back(reinterpret_cast<std::uintptr_t>(address), size);
}

// Pages that differ from their neighbours are mappings of their own. To make some is quicker than to count those
// there are.
bool has_room_for_mappings(std::size_t count) noexcept {
  const std::size_t size = count * page_size();
  std::byte* probe = map(0, size, PROT_NONE);
  if (probe == nullptr) return false;
  bool room = true;
  for (std::size_t i = 1; room && i < count; i += 2) {
    room = ::mprotect(probe + i * page_size(), page_size(), PROT_READ) == 0;
  }
  ::munmap(probe, size);
  return room;
}

void retire_pages(void* address, std::size_t size) noexcept {
  ::mmap(address, size, PROT_NONE, kFlags | MAP_FIXED, -1, 0);
}

}  // namespace cloche::loop
