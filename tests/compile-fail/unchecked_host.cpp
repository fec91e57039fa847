// What may be an error is not used as if it were a Host.
// expect: (no viable conversion|could not convert|conversion from)

#include <cloche/host.h>

void serve() {
#ifdef MISUSE
  const cloche::Host host = cloche::Host::create({});
#else
  const cloche::Result<cloche::Host> host = cloche::Host::create({});
  if (!host) return;
#endif
  static_cast<void>(host);
}
