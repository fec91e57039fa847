#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace cloche::net {

/// What kind of place an address is, after IANA's registries of special-purpose addresses (RFC 6890).
enum class AddressKind : std::uint8_t {
  public_,      ///< of the internet at large
  private_,     ///< of an organisation's or provider's own network: RFC 1918, RFC 6598, RFC 4193
  loopback,     ///< this machine
  link_local,   ///< this link; the metadata servers of clouds are here
  multicast,    ///< many
  unspecified,  ///< "this host": connecting to it reaches the machine itself
  reserved,     ///< anything else that is not of the internet
};

/// An address of IPv4 or IPv6. One of IPv4 that is written as IPv6 maps it (`::ffff:10.0.0.1`) is the same as
/// the plain one.
class Address {
 public:
  /// As IPv6 maps it, for IPv4.
  using Octets = std::array<std::uint8_t, 16>;

  /// Dotted decimal, or IPv6 without brackets and zone; nothing else.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);
  /// Nothing for another family.
  [[nodiscard]] static std::optional<Address> of(const sockaddr& address);
  explicit Address(const Octets& octets) noexcept : octets_(octets) {}

  [[nodiscard]] const Octets& octets() const noexcept { return octets_; }
  [[nodiscard]] bool is_v4() const noexcept;
  [[nodiscard]] std::string text() const;
  /// Of an address that translators take for one of IPv4 (RFC 6052, RFC 3056): of that.
  [[nodiscard]] AddressKind kind() const noexcept;
  /// That address of IPv4.
  [[nodiscard]] std::optional<Address> translated() const noexcept;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  Octets octets_;
};

/// The addresses that begin with the same bits.
struct AddressPrefix {
  Address::Octets octets;
  int bits;  ///< counted from the beginning of the 16 octets

  [[nodiscard]] bool contains(const Address& address) const noexcept;
};

}  // namespace cloche::net
