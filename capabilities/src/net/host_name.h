#pragma once

#include <cloche/result.h>
#include <string>
#include <string_view>

namespace cloche::net {

/// The one spelling of a host's name, UTF-8, or of an address (of IPv6, in brackets). Ways to write an
/// address of IPv4 other than dotted decimal are refused, as is a name that ends in a number. Error:
/// `invalid_argument`.
[[nodiscard]] Result<std::string> canonical_host(std::string_view host);

}  // namespace cloche::net
