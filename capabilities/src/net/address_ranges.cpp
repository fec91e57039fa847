#include "net/address_ranges.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr std::pair<std::string_view, AddressKind> kWords[]{
    {"public", AddressKind::public_},      {"private", AddressKind::private_},
    {"loopback", AddressKind::loopback},   {"link-local", AddressKind::link_local},
    {"multicast", AddressKind::multicast}, {"unspecified", AddressKind::unspecified},
    {"reserved", AddressKind::reserved},
};

constexpr unsigned bit(AddressKind kind) { return 1U << static_cast<unsigned>(kind); }

Error bad(std::string_view text, std::string_view why) {
  return {Errc::invalid_argument, "'" + text::excerpt(text, 100) + "' " + std::string(why)};
}

// Of "10.0.0.0/8" the 8; the whole length where there is no slash.
std::optional<int> length_of(std::string_view text, std::size_t slash, int longest) {
  if (slash == std::string_view::npos) return longest;
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool good = error == std::errc() && end == digits.data() + digits.size() && digits.front() != '-';
  if (!good || bits > longest || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  return bits;
}

bool ends_in_zeros(const AddressPrefix& prefix) {
  for (int i = prefix.bits; i < 128; ++i) {
    if ((prefix.octets[static_cast<std::size_t>(i / 8)] >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

Result<void> AddressRanges::add(std::string_view text) {
  const auto word = std::ranges::find(kWords, text, &std::pair<std::string_view, AddressKind>::first);
  if (word != std::end(kWords)) {
    kinds_ |= bit(word->second);
    return {};
  }
  const std::size_t slash = text.find('/');
  const std::string_view head = text.substr(0, slash);
  const auto address = Address::parse(head);
  if (!address) {
    return bad(
        text,
        "is no range of addresses; write public, private, loopback, link-local, multicast, unspecified, "
        "reserved, or a prefix such as 10.0.0.0/8");
  }
  // What is written in IPv6's way is counted in its bits, though it may map IPv4.
  const bool v4 = head.find(':') == std::string_view::npos;
  const auto bits = length_of(text, slash, v4 ? 32 : 128);
  if (!bits) return bad(text, "has no length of a prefix after '/'; write one such as 10.0.0.0/8");
  const AddressPrefix prefix{address->octets(), v4 ? 96 + *bits : *bits};
  if (!ends_in_zeros(prefix)) return bad(text, "has bits set beyond the length of its prefix; clear them");
  prefixes_.push_back(prefix);
  return {};
}

Result<AddressRanges> AddressRanges::parse(const std::vector<std::string>& texts) {
  if (texts.empty())
    return Error(Errc::invalid_argument, "a list of addresses is empty; name some, or leave it out");
  AddressRanges ranges;
  for (const std::string& text : texts) {
    auto added = ranges.add(text);
    if (!added) return added.error();
  }
  return ranges;
}

bool AddressRanges::in_prefix(const Address& address) const noexcept {
  return std::ranges::any_of(prefixes_,
                             [&](const AddressPrefix& prefix) { return prefix.contains(address); });
}

bool AddressRanges::contains(const Address& address) const noexcept {
  if ((kinds_ & bit(address.kind())) != 0 || in_prefix(address)) return true;
  const auto v4 = address.translated();
  return v4 && in_prefix(*v4);
}

}  // namespace cloche::net
