#include <doctest/doctest.h>

#include "net/address_ranges.h"
#include "net/url_pattern.h"
#include "support.h"

namespace cloche::net {
namespace {

bool matches(std::string_view pattern, std::string_view url) {
  return UrlPattern::parse(pattern).value().matches(Url::parse(url).value());
}

std::string spelled(std::string_view url) {
  const auto parsed = Url::parse(url);
  return parsed ? parsed->text() : "refused";
}

TEST_CASE("every spelling of an address is read as the address") {
  for (const char* url : {"http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/",
                          "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://127.0.0.1./",
                          "http://%31%32%37.0.0.1/", "http://127。0。0。1/", "http://１２７.0.0.1:80/"}) {
    CHECK_MESSAGE(spelled(url) == "http://127.0.0.1/", url);
  }
  CHECK(Url::parse("http://127.1/")->address()->kind() == AddressKind::loopback);
  CHECK(spelled("http://[0:0:0:0:0:0:0:1]/") == "http://[::1]/");
}

TEST_CASE("a name has one spelling") {
  CHECK(spelled("HTTPS://Example.COM.:443") == "https://example.com/");
  CHECK(spelled("https://ex%61mple.com/") == "https://example.com/");
  CHECK(spelled("https://bücher.example/") == "https://xn--bcher-kva.example/");
  CHECK(spelled("https://b%C3%BCcher.example/") == "https://xn--bcher-kva.example/");
  CHECK(spelled("https://xn--bcher-kva.example/") == "https://xn--bcher-kva.example/");
}

TEST_CASE("a path has one spelling") {
  CHECK(spelled("https://a.example/x/../y/./%7euser/%c3%a4") == "https://a.example/y/~user/%C3%A4");
  CHECK(spelled("https://a.example/x/%2e%2e/y") == "https://a.example/y");
  CHECK(spelled("https://a.example/a%2fb?q=%41#fragment") == "https://a.example/a%2Fb?q=A");
  CHECK(spelled("https://a.example/ä") == "https://a.example/%C3%A4");
}

TEST_CASE("what readers of URLs do not agree on is refused") {
  for (const char* url : {"",
                          "a.example",
                          "//a.example/",
                          "file:///etc/passwd",
                          "data:text/plain,x",
                          "ftp://a.example/",
                          "unix:///run/x",
                          "http:/a.example",
                          "http:///a.example/",
                          "http:a.example",
                          "http://",
                          "http://user@a.example/",
                          "http://:pw@a.example/",
                          "http://a.example\\@b.example/",
                          "http://a.example/ b",
                          "http://a.example/\r\nx",
                          "http://a..example/",
                          "http://256.1.1.1/",
                          "http://1.2.3.4.5/",
                          "http://a.0x7f/",
                          "http://[fe80::1%25eth0]/",
                          "http://[::1",
                          "http://a.example:0/",
                          "http://a.example:65536/",
                          "http://a.example/%00",
                          "http://a.example/%zz",
                          "http://a.example/x/..%2f..%2fy",
                          "http://a.example/x/..%5cy",
                          "http://a.example/%2e%2e%2fy",
                          "http://127.0.0.1%00.example/",
                          "http://a_\xff.example/"}) {
    CHECK_MESSAGE(spelled(url) == "refused", url);
  }
  CHECK(spelled("http://a.example/" + std::string(9000, 'x')) == "refused");
}

TEST_CASE("a URL's query is not in what is said about it") {
  CHECK(Url::parse("https://a.example/x?token=hunter2")->shown() == "https://a.example/x");
  CHECK(Url::parse("https://u@a.example/x?token=hunter2").error().message().find("hunter2") ==
        std::string::npos);
}

TEST_CASE("a reference is read at the URL it was found at") {
  const Url base = Url::parse("https://a.example/x/y?q").value();
  CHECK(base.join("../z")->text() == "https://a.example/z");
  CHECK(base.join("//b.example/z")->text() == "https://b.example/z");
  CHECK(base.join("http://2130706433/")->address()->kind() == AddressKind::loopback);
  CHECK_FALSE(base.join("file:///etc/passwd").has_value());
  CHECK_FALSE(base.join("http://u@b.example/").has_value());
  CHECK_FALSE(base.join("/x\r\nSet-Cookie: a").has_value());
}

TEST_CASE("a pattern's host means itself, what is below it, or any") {
  CHECK(matches("https://example.com/**", "https://EXAMPLE.com/x"));
  CHECK_FALSE(matches("https://example.com/**", "https://example.com.evil.example/"));
  CHECK_FALSE(matches("https://example.com/**", "https://evilexample.com/"));
  CHECK_FALSE(matches("https://app/**", "https://app.evil.com/"));
  CHECK(matches("https://*.example.com/**", "https://a.b.example.com/"));
  CHECK_FALSE(matches("https://*.example.com/**", "https://example.com/"));
  CHECK_FALSE(matches("https://*.example.com/**", "https://evilexample.com/"));
  CHECK(matches("https://bücher.example/**", "https://xn--bcher-kva.example/"));
  CHECK_FALSE(matches("https://apple.example/**", "https://аpple.example/"));  // Cyrillic
  CHECK(matches("https://*/**", "https://anything.example/"));
}

TEST_CASE("a pattern's scheme and port are those it names") {
  CHECK_FALSE(matches("https://a.example/**", "http://a.example/"));
  CHECK_FALSE(matches("https://a.example/**", "https://a.example:8443/"));
  CHECK(matches("https://a.example:8443/**", "https://a.example:8443/"));
  CHECK(matches("http://a.example:*/**", "http://a.example:1234/"));
  CHECK(matches("http://[::1]:*/**", "http://[0::1]:1234/"));
}

TEST_CASE("in a pattern's path one star stops at a slash, and two do not") {
  CHECK(matches("https://a.example/x/*", "https://a.example/x/y"));
  CHECK_FALSE(matches("https://a.example/x/*", "https://a.example/x/y/z"));
  CHECK_FALSE(matches("https://a.example/x/*", "https://a.example/x/y%2Fz"));
  CHECK_FALSE(matches("https://a.example/x/*", "https://a.example/x/../y"));
  CHECK(matches("https://a.example/x/**", "https://a.example/x/y/z"));
  CHECK(matches("https://a.example/*/issues/**.json", "https://a.example/r/issues/1/2.json"));
  CHECK_FALSE(matches("https://a.example/*/issues/**.json", "https://a.example/r/s/issues/1.json"));
  CHECK_FALSE(matches("https://a.example/public/**", "https://a.example/public/%2e%2e/private"));
  CHECK(matches("https://a.example/", "https://a.example"));
}

TEST_CASE("a query matters where the pattern has one") {
  CHECK(matches("https://a.example/s", "https://a.example/s?anything=1"));
  CHECK(matches("https://a.example/s?q=*", "https://a.example/s?q=x"));
  CHECK_FALSE(matches("https://a.example/s?q=*", "https://a.example/s?q=x&admin=1"));
  CHECK_FALSE(matches("https://a.example/s?q=*", "https://a.example/s"));
  CHECK(matches("https://a.example/s?q=**", "https://a.example/s?q=x&admin=1"));
}

TEST_CASE("a pattern that would mean something else than its author thinks is refused") {
  for (const char* pattern :
       {"", "*", "https://a.example", "*://a.example/**", "ftp://a.example/**", "https://a*.example/**",
        "https://a.*.example/**", "https://u@a.example/**", "https://a.example/../x", "https://a.example/#x",
        "https://*.127.0.0.1/**", "https://2130706433/**", "https://a.example:0/**", "https://a.example:x/**",
        "https:///x", "https://a.example/ x", "https://a.example/%0", "HTTPS://a.example/**"}) {
    CHECK_MESSAGE(!UrlPattern::parse(pattern).has_value(), pattern);
  }
}

TEST_CASE("matching takes time in proportion, whatever the stars") {
  const std::string url = "https://a.example/" + std::string(8000, 'a');
  std::string stars = "https://a.example/";
  for (int i = 0; i < 300; ++i) stars += "**a*a";
  const auto pattern = UrlPattern::parse(stars.substr(0, 1000) + "b");
  REQUIRE(pattern.has_value());
  CHECK_FALSE(pattern->matches(Url::parse(url).value()));
}

AddressKind kind(const char* address) { return Address::parse(address)->kind(); }

TEST_CASE("addresses are of the kind that the registries say") {
  CHECK(kind("1.1.1.1") == AddressKind::public_);
  CHECK(kind("2606:4700::1111") == AddressKind::public_);
  for (const char* address : {"10.0.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "fd00::1"})
    CHECK_MESSAGE(kind(address) == AddressKind::private_, address);
  for (const char* address : {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"})
    CHECK_MESSAGE(kind(address) == AddressKind::loopback, address);
  for (const char* address : {"169.254.169.254", "fe80::1"})
    CHECK_MESSAGE(kind(address) == AddressKind::link_local, address);
  for (const char* address : {"0.0.0.0", "0.1.2.3", "::"})
    CHECK_MESSAGE(kind(address) == AddressKind::unspecified, address);
  for (const char* address : {"224.0.0.1", "ff02::1"})
    CHECK_MESSAGE(kind(address) == AddressKind::multicast, address);
  for (const char* address : {"255.255.255.255", "192.0.2.1", "::7f00:1", "100::1", "2001:db8::1", "4000::"})
    CHECK_MESSAGE(kind(address) == AddressKind::reserved, address);
  CHECK(kind("172.32.0.1") == AddressKind::public_);
}

TEST_CASE("an address that translators take for one of IPv4 is what that is") {
  CHECK(kind("64:ff9b::127.0.0.1") == AddressKind::loopback);
  CHECK(kind("2002:0a00:0001::") == AddressKind::private_);
  CHECK(kind("64:ff9b::1.1.1.1") == AddressKind::public_);
  CHECK(AddressRanges::parse({"10.0.0.0/8"})->contains(*Address::parse("64:ff9b::10.1.1.1")));
}

TEST_CASE("ranges are words, addresses and prefixes") {
  const auto ranges = AddressRanges::parse({"loopback", "10.1.0.0/16", "192.0.2.1", "fd00::/8"}).value();
  for (const char* in : {"127.0.0.1", "10.1.2.3", "192.0.2.1", "fd12::1", "::ffff:10.1.2.3"})
    CHECK_MESSAGE(ranges.contains(*Address::parse(in)), in);
  for (const char* out : {"10.2.0.0", "192.0.2.2", "fc00::1", "1.1.1.1"})
    CHECK_MESSAGE(!ranges.contains(*Address::parse(out)), out);
  for (const char* bad : {"", "home", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08",
                          "::/129", "127.1", "[::1]"})
    CHECK_MESSAGE(!AddressRanges::parse({bad}).has_value(), bad);
  CHECK_FALSE(AddressRanges::parse({}).has_value());
}

}  // namespace
}  // namespace cloche::net
