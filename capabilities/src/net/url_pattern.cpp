#include "net/url_pattern.h"

#include <algorithm>
#include <charconv>

#include "net/host_name.h"
#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr std::size_t kLongest = 2048;

Error bad(std::string_view text, std::string_view why) {
  return {Errc::invalid_argument,
          "'" + text::excerpt(text, 200) + "' is no pattern for URLs: " + std::string(why)};
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && byte != '\\' && byte != '#';
  });
}

// Where the port's colon is; those of an address of IPv6 are in brackets.
std::size_t port_colon(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  return authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
}

bool has_dot_part(std::string_view path) {
  const std::string closed = std::string(path) + "/";
  return closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos;
}

}  // namespace

Result<void> UrlPattern::read_host(std::string_view host) {
  if (host == "*") {
    kind_ = Host::any;
    return {};
  }
  const bool below = host.starts_with("*.");
  const std::string_view name = below ? host.substr(2) : host;
  if (name.find_first_of("*@%") != std::string_view::npos)
    return Error(Errc::invalid_argument,
                 "in a host '*' is either all of it or its first part, as in *.example.com");
  auto canonical = canonical_host(name);
  if (!canonical) return canonical.error();
  const bool v6 = canonical->starts_with('[');
  address_ = Address::parse(v6 ? std::string_view(*canonical).substr(1, canonical->size() - 2) : *canonical);
  if (below && address_) return Error(Errc::invalid_argument, "nothing is below an address");
  kind_ = below ? Host::below : Host::exact;
  host_ = (below ? "." : "") + *canonical;
  return {};
}

Result<void> UrlPattern::read_port(std::string_view port) {
  if (port == "*") {
    port_.reset();
    return {};
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0)
    return Error(Errc::invalid_argument, "a port is a number from 1 to 65535, or '*'");
  port_ = number;
  return {};
}

Result<void> UrlPattern::read_path(std::string_view text) {
  const std::size_t mark = std::min(text.find('?'), text.size());
  auto path = canonical_percent(text.substr(0, mark));
  if (!path) return path.error();
  if (has_dot_part(*path))
    return Error(Errc::invalid_argument, "its path has '.' or '..' in it; write where it leads");
  auto glob = UrlGlob::parse(*path, '/');
  if (!glob) return glob.error();
  path_ = std::move(*glob);
  if (mark == text.size()) return {};
  auto query = canonical_percent(text.substr(mark + 1));
  if (!query) return query.error();
  auto query_glob = UrlGlob::parse(*query, '&');
  if (!query_glob) return query_glob.error();
  query_ = std::move(*query_glob);
  return {};
}

Result<UrlPattern> UrlPattern::parse(std::string_view text) {
  UrlPattern pattern;
  pattern.text_ = text;
  const std::size_t colon = text.find("://");
  pattern.scheme_ = text.substr(0, std::min(colon, text.size()));
  if (text.size() > kLongest || !is_printable(text) ||
      (pattern.scheme_ != "http" && pattern.scheme_ != "https"))
    return bad(text, "write one such as https://*.example.com/*");
  const std::size_t begin = colon + 3;
  const std::size_t slash = text.find('/', begin);
  if (slash == std::string_view::npos) return bad(text, "it needs a path; '/**' is all of them");
  const std::string_view authority = text.substr(begin, slash - begin);
  const std::size_t port = port_colon(authority);
  pattern.port_ = pattern.scheme_ == "https" ? 443 : 80;
  auto read = pattern.read_host(authority.substr(0, port));
  if (read && port != std::string_view::npos) read = pattern.read_port(authority.substr(port + 1));
  if (read) read = pattern.read_path(text.substr(slash));
  if (!read) return bad(text, read.error().message());
  return pattern;
}

bool UrlPattern::host_matches(const std::string& host) const {
  switch (kind_) {
    case Host::exact: return host == host_;
    case Host::below: return host.size() > host_.size() && host.ends_with(host_);
    case Host::any: return true;
  }
  return false;
}

bool UrlPattern::matches(const Url& url) const {
  return url.scheme() == scheme_ && host_matches(url.host()) && (!port_ || *port_ == url.port()) &&
         path_.matches(url.path()) && (!query_ || query_->matches(url.query()));
}

}  // namespace cloche::net
