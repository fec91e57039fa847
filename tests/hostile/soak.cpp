// Ten thousand lives of a plugin: the memory of the process stays where it is.
#include "unit/sandbox/support.h"

#include <fstream>
#include <malloc.h>

using namespace cloche;
using namespace cloche::testing;

namespace {

// AddressSanitizer keeps what was freed for a while, so memory says nothing there; its own search for leaks does.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMemoryTells = false;
#elif defined(__has_feature)
constexpr bool kMemoryTells = !__has_feature(address_sanitizer);
#else
constexpr bool kMemoryTells = true;
#endif

// What the process holds in memory, in KiB; what the allocator keeps for later is given back first.
long resident_kib() {
  ::malloc_trim(0);
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return -1;
}

void live_once(Sandbox& box, const Package& package, int i) {
  Plugin plugin = box.load(package);
  if (plugin.call<int>("f", i).get().value() != i + 1) throw std::runtime_error("a wrong answer");
  if (!plugin.unload().get()) throw std::runtime_error("not unloaded");
}

}  // namespace

TEST_CASE("load, call and unload ten thousand times: memory stays flat") {
  constexpr int kWarmUp = 500;
  constexpr int kLives = kMemoryTells ? 10000 : 1500;
  Registry registry;
  registry.define("t").sync("add", [](double a, double b) { return a + b; }).async("later", [](double x) {
    return x;
  });
  Sandbox box(1, std::move(registry));
  const Package package = module(
      "import { add, later } from 'cap:t'; setTimeout(() => {}, 1e6); const keep = new Uint8Array(1000);\n"
      "export const f = async (x) => { await later(keep.length); return add(x, 1) };",
      {"t"});
  for (int i = 0; i < kWarmUp; ++i) live_once(box, package, i);
  const long before = resident_kib();
  for (int i = kWarmUp; i < kLives; ++i) live_once(box, package, i);
  const long after = resident_kib();
  MESSAGE("resident memory: " << before << " KiB after " << kWarmUp << " lives, " << after << " KiB after "
                              << kLives);
  if (kMemoryTells) CHECK(after - before < 16 * 1024);
}
