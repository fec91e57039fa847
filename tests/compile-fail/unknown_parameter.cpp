// A host function takes only what Convert knows.
// expect: Convert<.*Socket>

#include <boost/describe/class.hpp>
#include <cloche/registry.h>

struct Socket {
  int fd = -1;
};
#ifndef MISUSE
BOOST_DESCRIBE_STRUCT(Socket, (), (fd))
#endif

void offer(cloche::Registry& registry) {
  registry.define("sockets").sync("close", [](Socket socket) { return socket.fd; });
}
