#pragma once

#include <cloche/result.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.h"

namespace cloche::net {

/// An http or https URL in one spelling, so that what is matched against rules is what is connected to. It is
/// parsed by the library that connects, and rewritten until that reads it back as it is written:
///
/// - the host is in lower case, in ASCII (IDNA 2008 with UTS 46, as RFC 5890 has it), without a dot at its
///   end. Every way to write an address of IPv4 (`2130706433`, `0x7f.1`) becomes dotted decimal;
/// - the port is there unless it is the scheme's own, the path begins with '/' and is without `.` and `..`;
/// - of percent-encodings, those of letters, digits and `-._~` are resolved, and what is left is in upper
///   case (RFC 3986, 6.2.2); what is not ASCII is encoded.
///
/// Refused is whatever different readers read differently: credentials (`user@host`), backslashes, spaces and
/// control characters, zones, slashes more or fewer than two, a host that ends in a number and is no address,
/// an encoded NUL, and `..` behind an encoded slash. Fragments are dropped. At most 8,192 bytes.
class Url {
 public:
  /// Error: `invalid_argument`; its text says nothing of the query.
  [[nodiscard]] static Result<Url> parse(std::string_view text);
  /// What `reference`, which may be relative, means at this URL (RFC 3986, 5.2). Errors: those of `parse`.
  [[nodiscard]] Result<Url> join(std::string_view reference) const;

  /// The whole of it.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// Without the query, for messages and the audit.
  [[nodiscard]] std::string shown() const;
  [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }
  /// An address of IPv6 is in brackets.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Empty where there is none.
  [[nodiscard]] const std::string& query() const noexcept { return query_; }
  /// What the host is, where it is no name.
  [[nodiscard]] const std::optional<Address>& address() const noexcept { return address_; }
  [[nodiscard]] bool same_origin(const Url& other) const noexcept;

  friend bool operator==(const Url& a, const Url& b) noexcept { return a.text_ == b.text_; }

 private:
  [[nodiscard]] static Result<Url> read(const std::string& text);

  std::string text_;
  std::string scheme_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::string path_;
  std::string query_;
  std::optional<Address> address_;
};

/// The one spelling of a path or a query, as above but for `.` and `..`. Error: `invalid_argument`.
[[nodiscard]] Result<std::string> canonical_percent(std::string_view text);

}  // namespace cloche::net
