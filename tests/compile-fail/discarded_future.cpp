// The answer of a call is not dropped by oversight: nobody would see that it failed.
// expect: (nodiscard|unused-result)

#include <cloche/plugin.h>

void tell(cloche::Plugin& plugin) {
#ifdef MISUSE
  plugin.call<void>("closed");
#else
  static_cast<void>(plugin.call<void>("closed"));
#endif
}
