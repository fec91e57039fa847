#pragma once

#include <cloche/result.h>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace cloche::net {

/// A set of addresses, as the field `addresses` of a rule writes it: words (`public`, `private`, `loopback`,
/// `link-local`, `multicast`, `unspecified`, `reserved`), addresses (`10.1.2.3`) and prefixes (`10.0.0.0/8`,
/// `fd00::/8`). An address that translators take for one of IPv4 is in it where that one is. Immutable.
class AddressRanges {
 public:
  /// Errors: `invalid_argument`, for an empty list too, and for a prefix with bits set beyond its length.
  [[nodiscard]] static Result<AddressRanges> parse(const std::vector<std::string>& texts);

  [[nodiscard]] bool contains(const Address& address) const noexcept;

 private:
  [[nodiscard]] Result<void> add(std::string_view text);
  [[nodiscard]] bool in_prefix(const Address& address) const noexcept;

  unsigned kinds_ = 0;  // one bit for each AddressKind
  std::vector<AddressPrefix> prefixes_;
};

}  // namespace cloche::net
