#include "net/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <iterator>
#include <netinet/in.h>

namespace cloche::net {
namespace {

constexpr Address::Octets kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

constexpr AddressPrefix v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, int bits) {
  AddressPrefix prefix{kMapped, 96 + bits};
  prefix.octets[12] = a;
  prefix.octets[13] = b;
  prefix.octets[14] = c;
  return prefix;
}

constexpr AddressPrefix v6(std::uint16_t first, std::uint16_t second, int bits) {
  AddressPrefix prefix{{}, bits};
  prefix.octets[0] = static_cast<std::uint8_t>(first >> 8);
  prefix.octets[1] = static_cast<std::uint8_t>(first & 0xff);
  prefix.octets[2] = static_cast<std::uint8_t>(second >> 8);
  prefix.octets[3] = static_cast<std::uint8_t>(second & 0xff);
  return prefix;
}

struct Special {
  AddressPrefix prefix;
  AddressKind kind;
};

constexpr AddressPrefix kLoopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128};

// The first that contains an address says what it is.
constexpr Special kSpecial4[]{
    {v4(0, 0, 0, 8), AddressKind::unspecified},     {v4(10, 0, 0, 8), AddressKind::private_},
    {v4(100, 64, 0, 10), AddressKind::private_},    {v4(127, 0, 0, 8), AddressKind::loopback},
    {v4(169, 254, 0, 16), AddressKind::link_local}, {v4(172, 16, 0, 12), AddressKind::private_},
    {v4(192, 0, 0, 24), AddressKind::reserved},     {v4(192, 0, 2, 24), AddressKind::reserved},
    {v4(192, 88, 99, 24), AddressKind::reserved},   {v4(192, 168, 0, 16), AddressKind::private_},
    {v4(198, 18, 0, 15), AddressKind::reserved},    {v4(198, 51, 100, 24), AddressKind::reserved},
    {v4(203, 0, 113, 24), AddressKind::reserved},   {v4(224, 0, 0, 4), AddressKind::multicast},
    {v4(240, 0, 0, 4), AddressKind::reserved},
};
constexpr Special kSpecial6[]{
    {{{}, 128}, AddressKind::unspecified},        {kLoopback6, AddressKind::loopback},
    {v6(0xfc00, 0, 7), AddressKind::private_},    {v6(0xfec0, 0, 10), AddressKind::private_},
    {v6(0xfe80, 0, 10), AddressKind::link_local}, {v6(0xff00, 0, 8), AddressKind::multicast},
    {v6(0x2001, 0, 23), AddressKind::reserved},   {v6(0x2001, 0x0db8, 32), AddressKind::reserved},
    {v6(0x3fff, 0, 20), AddressKind::reserved},   {v6(0x2000, 0, 3), AddressKind::public_},
};
constexpr AddressPrefix kNat64 = v6(0x0064, 0xff9b, 96);
constexpr AddressPrefix k6to4 = v6(0x2002, 0, 16);

AddressKind kind_in(const auto& table, const Address& address, AddressKind otherwise) {
  const auto found =
      std::ranges::find_if(table, [&](const Special& special) { return special.prefix.contains(address); });
  return found == std::end(table) ? otherwise : found->kind;
}

Address embedded(const Address& address, std::size_t at) {
  Address::Octets octets = kMapped;
  std::copy_n(address.octets().begin() + static_cast<std::ptrdiff_t>(at), 4, octets.begin() + 12);
  return Address(octets);
}

}  // namespace

bool AddressPrefix::contains(const Address& address) const noexcept {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(octets.begin(), octets.begin() + bits / 8, address.octets().begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (octets[whole] & mask) == (address.octets()[whole] & mask);
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  Octets octets = kMapped;
  if (::inet_pton(AF_INET, terminated.c_str(), octets.data() + 12) == 1) return Address(octets);
  if (::inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return Address(octets);
  return std::nullopt;
}

std::optional<Address> Address::of(const sockaddr& address) {
  Octets octets = kMapped;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(octets.data() + 12, &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(octets.data(), &v6.sin6_addr, 16);
  } else {
    return std::nullopt;
  }
  return Address(octets);
}

bool Address::is_v4() const noexcept { return AddressPrefix{kMapped, 96}.contains(*this); }

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN];
  const bool v4 = is_v4();
  const char* const text =
      ::inet_ntop(v4 ? AF_INET : AF_INET6, octets_.data() + (v4 ? 12 : 0), buffer, sizeof buffer);
  return text == nullptr ? std::string() : std::string(text);
}

std::optional<Address> Address::translated() const noexcept {
  if (kNat64.contains(*this)) return embedded(*this, 12);
  if (k6to4.contains(*this)) return embedded(*this, 2);
  return std::nullopt;
}

AddressKind Address::kind() const noexcept {
  if (is_v4()) return kind_in(kSpecial4, *this, AddressKind::public_);
  if (const auto v4 = translated()) return kind_in(kSpecial4, *v4, AddressKind::public_);
  return kind_in(kSpecial6, *this, AddressKind::reserved);
}

}  // namespace cloche::net
