#include "net/addresses.h"

namespace cloche::net {
namespace {

// Further ones are not tried.
constexpr std::size_t kMost = 4;

Result<std::vector<Address>> addresses_of(Call& call, Resolver& resolver, const Url& url,
                                          const Deadline& deadline) {
  if (url.address()) return std::vector<Address>{*url.address()};
  auto texts = deadline.wait(call, resolver.resolve(url.host()));
  if (!texts) return texts.error();
  std::vector<Address> addresses;
  for (const std::string& text : *texts) {
    if (const auto address = Address::parse(text)) addresses.push_back(*address);
  }
  if (addresses.empty()) return Error(Errc::io, "the host '" + url.host() + "' has no address");
  return addresses;
}

}  // namespace

Error not_capable(const Call& call, const Use& use, std::string_view why) {
  return {Errc::not_capable, std::string(use.method) + " '" + use.url.shown() +
                                 "' is outside what this plugin was granted of " + call.grant().capability +
                                 ": " + std::string(why)};
}

Result<Destinations> destinations(Call& call, Resolver& resolver, const Use& use, const Deadline& deadline) {
  const auto addresses = addresses_of(call, resolver, use.url, deadline);
  if (!addresses) return addresses.error();
  Destinations found;
  for (const Address& address : *addresses) {
    Use there = use;
    there.address = &address;
    const auto permit = call.scope<NetScope>().permit(there);
    if (!permit || found.addresses.size() == kMost) continue;
    if (found.addresses.empty()) {
      found.bounds = permit->bounds;
    } else {
      found.bounds.narrow(permit->bounds);
    }
    found.addresses.push_back(address);
  }
  if (found.addresses.empty()) return not_capable(call, use, "no rule allows the address that it leads to");
  return found;
}

}  // namespace cloche::net
