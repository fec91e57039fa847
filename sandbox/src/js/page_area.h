#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace cloche::js {

/// The pages of one isolate's heap: a range of addresses of its own, writable at once, of which parts are taken and
/// given back. That keeps the number of the process's mappings down, which V8's own way (one for each quarter
/// of a megabyte) drives up, and lets a dead isolate's pages be taken away in one piece. Not synchronised.
class PageArea {
 public:
  /// Of V8's pages: it aligns those of a heap, and nothing else it asks for, to their size.
  static constexpr std::size_t kAlignment = 256 * 1024;

  /// Throws std::bad_alloc when the process may have no more memory or mappings.
  explicit PageArea(std::size_t size);
  PageArea(const PageArea&) = delete;
  PageArea& operator=(const PageArea&) = delete;
  ~PageArea();

  /// Zeroed pages at a multiple of `alignment`, or null when no free part is large enough.
  [[nodiscard]] std::byte* take(std::size_t length, std::size_t alignment);
  void give_back(std::byte* pages, std::size_t length) noexcept;

  [[nodiscard]] bool empty() const noexcept { return taken_ == 0; }
  [[nodiscard]] bool contains(const void* address) const noexcept;
  [[nodiscard]] std::byte* begin() const noexcept { return base_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Takes all access away for ever; the addresses stay out of use.
  void retire() noexcept;

 private:
  void insert_free(std::uintptr_t begin, std::size_t length);

  std::byte* base_ = nullptr;
  std::size_t size_;
  std::size_t taken_ = 0;
  bool retired_ = false;
  std::map<std::uintptr_t, std::size_t> free_;  // length by address; no two of them touch
};

}  // namespace cloche::js
