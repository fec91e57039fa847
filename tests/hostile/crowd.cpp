// As many plugins as there is room for.
#include "unit/sandbox/support.h"

#include <sys/mman.h>

using namespace cloche;
using namespace cloche::testing;

namespace {

constexpr std::size_t kPage = 4096;

/// Takes nearly all mappings a process may have: pages that differ from their neighbours are mappings of their own.
class MappingHog {
 public:
  explicit MappingHog(std::size_t spare) {
    base_ = static_cast<char*>(
        ::mmap(nullptr, kPages * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    while (taken_ + 1 < kPages && protect(taken_ + 1, PROT_READ)) taken_ += 2;
    for (std::size_t i = 0; i < spare && taken_ > 2; ++i, taken_ -= 2) protect(taken_ - 1, PROT_NONE);
  }
  MappingHog(const MappingHog&) = delete;
  MappingHog& operator=(const MappingHog&) = delete;
  ~MappingHog() { ::munmap(base_, kPages * kPage); }
  [[nodiscard]] bool at_the_limit() const noexcept { return taken_ + 1 < kPages; }

 private:
  static constexpr std::size_t kPages = 200'000;
  bool protect(std::size_t page, int how) { return ::mprotect(base_ + page * kPage, kPage, how) == 0; }

  char* base_ = nullptr;
  std::size_t taken_ = 0;
};

}  // namespace

TEST_CASE("where the process may have no more mappings a load is refused, and names that limit") {
  Sandbox box(1);
  const Package package = module("export const f = () => 1;");
  Plugin before = box.load(package);
  {
    const MappingHog hog(16);
    if (!hog.at_the_limit()) {
      MESSAGE("this system allows a process more mappings than the test takes");
      return;
    }
    const Error error = box.load_error(package);
    CHECK(error.code() == Errc::io);
    CHECK(error.message().find("vm.max_map_count") != std::string::npos);
    CHECK(ask<int>(before, "f") == 1);
  }
  Plugin after = box.load(package);
  CHECK(ask<int>(after, "f") == 1);
}

TEST_CASE("three hundred plugins are loaded, all called, and unloaded") {
  Sandbox box(1);
  std::vector<Plugin> plugins;
  for (int i = 0; i < 300; ++i) plugins.push_back(box.load("export const f = (x) => x + 1;"));
  std::vector<Future<int>> answers;
  for (std::size_t i = 0; i < plugins.size(); ++i)
    answers.push_back(plugins[i].call<int>("f", static_cast<int>(i)));
  for (std::size_t i = 0; i < answers.size(); ++i) CHECK(answers[i].get().value() == static_cast<int>(i) + 1);
  for (Plugin& plugin : plugins) CHECK(plugin.unload().get().has_value());
}
