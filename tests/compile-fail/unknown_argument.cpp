// A plugin is called only with what Convert knows.
// expect: Convert<.*(thread|Thread)

#include <cloche/plugin.h>
#include <thread>

cloche::Future<int> ask(cloche::Plugin& plugin) {
#ifdef MISUSE
  const std::thread argument;
#else
  const std::string argument;
#endif
  return plugin.call<int>("count", argument);
}
