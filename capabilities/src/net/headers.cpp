#include "net/headers.h"

#include <algorithm>
#include <array>
#include <cloche/text.h>

#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr std::array<std::string_view, 14> kOfTheHost{"accept-encoding",
                                                      "connection",
                                                      "content-length",
                                                      "expect",
                                                      "host",
                                                      "http2-settings",
                                                      "keep-alive",
                                                      "te",
                                                      "trailer",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "via",
                                                      "proxy-authorization",
                                                      "proxy-connection"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

bool is_token(std::string_view name) {
  const auto fits = [](char c) {
    const char small = lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  };
  return !name.empty() && std::ranges::all_of(name, fits);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos || end < begin ? std::string_view()
                                                      : text.substr(begin, end + 1 - begin);
}

// Servers send ISO 8859-1 or UTF-8; what is not the one is the other.
std::string as_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

Error bad_header(std::string_view name, std::string_view why) {
  return {Errc::invalid_argument, "the header '" + text::excerpt(name, 100) + "' " + std::string(why)};
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_header_value(std::string_view value) noexcept {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

Result<Headers> request_headers(const HeaderMap& wanted) {
  Headers headers;
  for (const auto& [name, value] : wanted) {
    if (!is_token(name)) return bad_header(name, "has a name that cannot be sent");
    if (std::ranges::find(kOfTheHost, lower(name)) != kOfTheHost.end())
      return bad_header(name, "is for the host to set; leave it out");
    if (!is_header_value(value))
      return bad_header(name, "has a line end or a control character in its value");
    const auto same = [&name = name](const Header& header) { return same_name(header.name, name); };
    if (std::ranges::any_of(headers, same)) return bad_header(name, "is there twice; write it once");
    headers.push_back({name, value});
  }
  return headers;
}

void add_line(HeaderMap& headers, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return;
  std::string value = as_utf8(trimmed(line.substr(colon + 1)));
  const auto [at, added] = headers.try_emplace(lower(line.substr(0, colon)), value);
  if (!added) at->second += ", " + value;
}

}  // namespace cloche::net
