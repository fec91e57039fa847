// Ten thousand lives of a plugin: the memory of the process stays where it is.
#include "hostile/memory.h"
#include "unit/sandbox/support.h"

using namespace cloche;
using namespace cloche::testing;

namespace {

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
