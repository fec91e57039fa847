#pragma once

#include <cloche/result.h>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche::net {

struct Header {
  std::string name;
  std::string value;
};
using Headers = std::vector<Header>;

/// Names in lower case; of a name that comes more than once, the values parted by ", ".
using HeaderMap = std::map<std::string, std::string>;

/// The headers a plugin wants sent. Error: `invalid_argument`, for names that are none (RFC 9110, 5.1),
/// values that would end the line, a name given twice, and headers that are the host's: those that say where
/// a message ends or which connection it belongs to.
[[nodiscard]] Result<Headers> request_headers(const HeaderMap& wanted);

/// Whether `value` can be sent as it is: no CR, LF, NUL or other control character but the tab.
[[nodiscard]] bool is_header_value(std::string_view value) noexcept;

/// Adds a line of a response. One that is none is left out.
void add_line(HeaderMap& headers, std::string_view line);

[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;

}  // namespace cloche::net
