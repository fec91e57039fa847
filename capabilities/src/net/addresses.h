#pragma once

#include <cloche/resolver.h>
#include <vector>

#include "net/deadline.h"
#include "net/net_rule.h"

namespace cloche::net {

/// The addresses of a URL's host that `use` may connect to, the preferred ones first, never none, and what
/// bounds it there. Errors: `not_capable` when all there are are outside the scope, which tells none of them;
/// those of the resolver.
struct Destinations {
  std::vector<Address> addresses;
  NetRule::Bounds bounds;
};
[[nodiscard]] Result<Destinations> destinations(Call& call, Resolver& resolver, const Use& use,
                                                const Deadline& deadline);

/// What a plugin is told of a request that its scope does not allow.
[[nodiscard]] Error not_capable(const Call& call, const Use& use, std::string_view why);

}  // namespace cloche::net
