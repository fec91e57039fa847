#pragma once

#include <cloche/result.h>
#include <optional>
#include <string>
#include <string_view>

#include "net/url.h"
#include "net/url_glob.h"

namespace cloche::net {

/// Which URLs a rule means: `SCHEME://HOST[:PORT]/PATH[?QUERY]`.
///
/// - SCHEME is `https` or `http`.
/// - HOST is a name or an address; `*.example.com` is any name below example.com and not itself; `*` is any
///   host.
/// - PORT is a number or `*`; without it, the scheme's own.
/// - In PATH `*` stands for any characters but '/', and `**` for any: `/**` is every path. It is never left
///   out.
/// - Without QUERY any query will do. With it, the query has to match it: there `*` stops at '&'.
///
/// Everything else is literal, in the spelling that Url gives it. Immutable.
class UrlPattern {
 public:
  /// Error: `invalid_argument`.
  [[nodiscard]] static Result<UrlPattern> parse(std::string_view text);

  [[nodiscard]] bool matches(const Url& url) const;
  /// As it was written.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// What its host is, where it is one address.
  [[nodiscard]] const std::optional<Address>& address() const noexcept { return address_; }

 private:
  enum class Host { exact, below, any };
  Result<void> read_host(std::string_view host);
  Result<void> read_port(std::string_view port);
  Result<void> read_path(std::string_view path);
  [[nodiscard]] bool host_matches(const std::string& host) const;

  std::string text_;
  std::string scheme_;
  Host kind_ = Host::exact;
  std::string host_;  // of `below`, with the dot before it
  std::optional<Address> address_;
  std::optional<std::uint16_t> port_;  // none: any
  UrlGlob path_;
  std::optional<UrlGlob> query_;
};

}  // namespace cloche::net
