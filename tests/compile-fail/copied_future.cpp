// A Future is consumed once, so there is one of it: it moves and is not copied.
// expect: (deleted|implicitly deleted)

#include <cloche/future.h>
#include <utility>

cloche::Future<int> keep(cloche::Future<int>& future) {
#ifdef MISUSE
  return cloche::Future<int>(future);
#else
  return cloche::Future<int>(std::move(future));
#endif
}
