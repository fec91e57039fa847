// A host function gives only what Convert knows: no pointer into the host reaches a plugin.
// expect: Convert<.*int ?\*>

#include <cloche/registry.h>

void offer(cloche::Registry& registry, int& counter) {
#ifdef MISUSE
  registry.define("counter").async("get", [&counter] { return &counter; });
#else
  registry.define("counter").async("get", [&counter] { return counter; });
#endif
}
