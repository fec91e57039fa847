#pragma once

#include <cstddef>

namespace cloche::loop {

/// Bytes of a page of memory.
[[nodiscard]] std::size_t page_size() noexcept;

/// Maps `size` bytes (whole pages) of private memory at a multiple of `alignment` (a power of two, a page at
/// least) with the given protection (PROT_…), zeroed; null when the process may have no more memory or
/// mappings. To be given back with `unmap`. Any thread.
///
/// They lie above the shared libraries, beneath the stack of the process's main thread, where that leaves
/// room. V8 before 12 reads the list of all mappings up to two gigabytes past its own library whenever it
/// makes an isolate; what lies higher costs it nothing, so that the thousandth isolate is made about as fast
/// as the first.
[[nodiscard]] std::byte* map_high(std::size_t size, std::size_t alignment, int protection) noexcept;

/// Gives back memory that one of these functions mapped, and its addresses to be used again for one of the same size.
void unmap(void* address, std::size_t size) noexcept;

/// Maps `size` writable bytes for a stack above `guard` bytes without access (whole pages both), as `map_high` does, and
/// gives their begin. Throws std::bad_alloc when the process may have no more memory or mappings.
[[nodiscard]] std::byte* map_stack(std::size_t size, std::size_t guard);
/// Gives back a stack that `map_stack` gave.
void unmap_stack(std::byte* stack, std::size_t size, std::size_t guard) noexcept;

/// A mapping at `address` exactly, or null.
[[nodiscard]] std::byte* map_at(void* address, std::size_t size, int protection) noexcept;

/// Whether the process may have that many more mappings. Linux allows it vm.max_map_count of them.
[[nodiscard]] bool has_room_for_mappings(std::size_t count) noexcept;

/// Takes all access to a range of mapped memory, gives what it held back to the system, and keeps its addresses
/// out of use.
void retire_pages(void* address, std::size_t size) noexcept;

}  // namespace cloche::loop
