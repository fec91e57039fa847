// A Result is not dropped by oversight either.
// expect: (nodiscard|unused-result)

#include <cloche/call.h>

void wait_a_little(cloche::Call& call) {
#ifdef MISUSE
  call.sleep(std::chrono::milliseconds(1));
#else
  if (!call.sleep(std::chrono::milliseconds(1))) return;
#endif
}
