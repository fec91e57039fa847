#pragma once

#include <cloche/future.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// Where `net` learns the addresses of a host. What it answers is not trusted: each address is checked
/// against the plugin's grant before anything is sent to it, at every request anew.
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// The addresses of `host`, an ASCII name in lower case, the preferred ones first: `192.0.2.1`,
  /// `2001:db8::1`. From any thread; must not wait. Error: `io`.
  [[nodiscard]] virtual Future<std::vector<std::string>> resolve(std::string_view host) = 0;
};

/// The system's, as getaddrinfo(3) answers. That blocks, so it is asked on `threads` threads, begun when they
/// are needed, and not one for each name; further names wait their turn. A look-up that is under way when the
/// resolver goes is left to end by itself.
[[nodiscard]] std::shared_ptr<Resolver> system_resolver(std::size_t threads = 4);

}  // namespace cloche
