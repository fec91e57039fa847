#include "net/host_name.h"

#include <algorithm>
#include <cloche/text.h>
#include <idn2.h>
#include <memory>

#include "net/address.h"
#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;

Error bad_host(std::string_view host, std::string_view why) {
  return {Errc::invalid_argument, "the host '" + text::excerpt(host, 200) + "' " + std::string(why)};
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct FreeIdn {
  void operator()(std::uint8_t* text) const noexcept { idn2_free(text); }
};

Result<std::string> to_ascii(std::string_view host) {
  if (is_ascii(host)) return std::string(host);
  if (!is_utf8(host) || host.find('\0') != std::string_view::npos) return bad_host(host, "is not UTF-8");
  const std::string terminated(host);
  std::uint8_t* made = nullptr;
  const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(terminated.c_str()), &made,
                                  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES);
  const std::unique_ptr<std::uint8_t, FreeIdn> owned(made);
  if (code != IDN2_OK) return bad_host(host, "is no internationalised domain name");
  return std::string(reinterpret_cast<const char*>(made));
}

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongestLabel && std::ranges::all_of(label, fits);
}

bool has_good_labels(std::string_view name) {
  if (name.size() > kLongestName) return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (!is_label(name.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

// What readers of addresses would take for the last part of one.
bool ends_in_number(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

Result<std::string> canonical_v6(std::string_view host) {
  const auto address = Address::parse(host.substr(1, host.size() - 2));
  if (!host.ends_with(']') || !address) return bad_host(host, "is no address of IPv6");
  return address->is_v4() ? address->text() : "[" + address->text() + "]";
}

}  // namespace

Result<std::string> canonical_host(std::string_view host) {
  if (host.starts_with('[')) return canonical_v6(host);
  auto name = to_ascii(host);
  if (!name) return name;
  std::ranges::transform(*name, name->begin(), lower);
  if (name->ends_with('.')) name->pop_back();
  if (!has_good_labels(*name)) return bad_host(host, "is no name of letters, digits, '-' and dots");
  if (!ends_in_number(*name)) return name;
  const auto address = Address::parse(*name);
  if (!address) return bad_host(host, "ends in a number but is no address; write one such as 192.0.2.1");
  return address->text();
}

}  // namespace cloche::net
