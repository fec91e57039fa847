// Any list of ranges against any address.

#include "net/address_ranges.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_address(const cloche::net::Address& address) {
  using namespace cloche::net;
  require(Address::parse(address.text()) == address);
  require(!Address::parse("[" + address.text() + "]"));
  const char* const words[] = {"public",    "private",     "loopback", "link-local",
                               "multicast", "unspecified", "reserved"};
  int in = 0;
  for (const char* word : words) in += AddressRanges::parse({word})->contains(address) ? 1 : 0;
  require(in == 1);
  require(AddressRanges::parse({address.text()})->contains(address));
  require(AddressRanges::parse({"::/0"})->contains(address));
  require(AddressRanges::parse({"0.0.0.0/0"})->contains(address) ==
          (address.is_v4() || address.translated()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cloche::net;
  const std::string input(data, data + size);
  const std::size_t middle = input.find('\n');
  if (middle == std::string::npos) return 0;
  const auto ranges = AddressRanges::parse({input.substr(0, middle)});
  const auto address = Address::parse(std::string_view(input).substr(middle + 1));
  if (address) check_address(*address);
  if (!ranges || !address || !ranges->contains(*address)) return 0;
  // What maps IPv4 is the same address, however it is written.
  if (address->is_v4()) require(ranges->contains(*Address::parse("::ffff:" + address->text())));
  return 0;
}
