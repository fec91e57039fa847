#include "result_text.h"

#include <algorithm>
#include <cloche/semver.h>

using cloche::Version;
using cloche::VersionRange;

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

bool inside(std::string_view range, std::string_view text,
            VersionRange::Prereleases prereleases = VersionRange::Prereleases::named_only) {
  return VersionRange::parse(range).value().contains(version(text), prereleases);
}

}  // namespace

TEST_CASE("a version is read and written as it stands") {
  for (const char* text : {"0.0.0", "2.3.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x-y-z.--",
                           "1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85",
                           "1.0.0+21AF26D3----117B344092BD", "9007199254740991.0.0"}) {
    CAPTURE(text);
    CHECK(to_string(version(text)) == text);
  }
}

TEST_CASE("what is no version is refused with an example") {
  for (const char* text : {"",
                           "1",
                           "1.2",
                           "1.2.3.4",
                           "01.2.3",
                           "1.02.3",
                           "1.2.03",
                           "v1.2.3",
                           "1.2.3-",
                           "1.2.3+",
                           "1.2.3-01",
                           "1.2.3-a..b",
                           "1.2.3-ä",
                           "1.2.x",
                           " 1.2.3",
                           "1.2.3 ",
                           "-1.2.3",
                           "9007199254740992.0.0",
                           "99999999999999999999.0.0",
                           "1..3"}) {
    CAPTURE(text);
    const auto parsed = Version::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code() == cloche::Errc::invalid_argument);
    CHECK(parsed.error().message().find("such as 2.3.0") != std::string::npos);
  }
  CHECK_FALSE(Version::parse("1.2.3-" + std::string(100'000, 'a')));
}

TEST_CASE("precedence is that of SemVer 2.0.0 section 11") {
  const char* const ordered[] = {"1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                                 "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",       "1.0.0",
                                 "1.0.1",        "1.2.0",         "1.10.0",           "2.0.0"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      CAPTURE(ordered[i]);
      CAPTURE(ordered[j]);
      CHECK((version(ordered[i]) < version(ordered[j])) == (i < j));
    }
  }
  CHECK(version("1.0.0+a") == version("1.0.0+b"));
  CHECK(version("1.0.0-999999999999999999999") > version("1.0.0-99999999999999999999"));
}

TEST_CASE("a range holds the versions npm's does") {
  struct Case {
    const char* range;
    std::vector<const char*> in;
    std::vector<const char*> out;
  };
  const Case cases[] = {
      {"^1.4", {"1.4.0", "1.99.0"}, {"1.3.9", "2.0.0", "2.0.0-0", "1.5.0-rc"}},
      {"^1.2.3", {"1.2.3", "1.9.9"}, {"1.2.2", "2.0.0"}},
      {"^0.2.3", {"0.2.3", "0.2.9"}, {"0.3.0", "0.2.2"}},
      {"^0.0.3", {"0.0.3"}, {"0.0.4", "0.0.2"}},
      {"^0.x", {"0.0.0", "0.9.0"}, {"1.0.0"}},
      {"^0.0", {"0.0.0", "0.0.9"}, {"0.1.0"}},
      {"^0.0.x", {"0.0.0", "0.0.9"}, {"0.1.0"}},
      {"^1.x", {"1.0.0", "1.9.0"}, {"2.0.0", "0.9.0"}},
      {"^1.2.3-beta.2", {"1.2.3-beta.2", "1.2.3", "1.3.0"}, {"1.2.3-beta.1", "1.2.4-beta.2"}},
      {"~2.3.1", {"2.3.1", "2.3.9"}, {"2.4.0", "2.3.0"}},
      {"~2.3", {"2.3.0", "2.3.9"}, {"2.4.0"}},
      {"~2", {"2.0.0", "2.9.9"}, {"3.0.0", "1.9.9"}},
      {">=3.2 <4", {"3.2.0", "3.99.99"}, {"3.1.9", "4.0.0", "4.0.0-alpha"}},
      {">= 3.2  < 4", {"3.2.0"}, {"4.0.0"}},
      {">1.2", {"1.3.0"}, {"1.2.9", "1.2.0"}},
      {">1", {"2.0.0"}, {"1.9.9"}},
      {">1.2.3", {"1.2.4"}, {"1.2.3"}},
      {"<=1.2", {"1.2.9", "0.0.0"}, {"1.3.0"}},
      {"<=1.2.3", {"1.2.3"}, {"1.2.4"}},
      {"<1.2", {"1.1.9"}, {"1.2.0", "1.2.0-beta"}},
      {"2.x", {"2.0.0", "2.5.1"}, {"1.9.9", "3.0.0", "2.0.0-rc.1"}},
      {"2.*", {"2.0.0"}, {"3.0.0"}},
      {"2.3.X", {"2.3.7"}, {"2.4.0"}},
      {"2", {"2.9.9"}, {"3.0.0"}},
      {"=1.2.3", {"1.2.3", "1.2.3+build"}, {"1.2.4"}},
      {"1.2.3", {"1.2.3"}, {"1.2.4", "1.2.3-rc"}},
      {"*", {"0.0.0", "99.0.0"}, {"1.0.0-rc"}},
      {"x", {"1.0.0"}, {}},
      {">*", {}, {"0.0.0", "99.0.0"}},
      {"<*", {}, {"0.0.0", "99.0.0"}},
      {"<=*", {"1.0.0"}, {}},
      {"1.2 - 2.3", {"1.2.0", "2.3.9"}, {"1.1.9", "2.4.0"}},
      {"1.2.3 - 2.3.4", {"1.2.3", "2.3.4"}, {"2.3.5", "1.2.2"}},
      {"1 - 2", {"1.0.0", "2.9.9"}, {"3.0.0"}},
      {"1.x || >=3", {"1.5.0", "3.0.0", "4.0.0"}, {"2.0.0"}},
      {"^1||^2", {"1.0.0", "2.0.0"}, {"3.0.0"}},
      {">=1.2.3-rc.1 <2", {"1.2.3-rc.2", "1.5.0"}, {"1.2.4-rc.1"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.range);
    CHECK(VersionRange::parse(c.range).value().text() == c.range);
    for (const char* v : c.in) {
      CAPTURE(v);
      CHECK(inside(c.range, v));
    }
    for (const char* v : c.out) {
      CAPTURE(v);
      CHECK_FALSE(inside(c.range, v));
    }
  }
}

TEST_CASE("a range that takes something away also holds prereleases") {
  constexpr auto kIncluded = VersionRange::Prereleases::included;
  CHECK(inside("<1.2", "1.1.0-beta", kIncluded));
  CHECK(inside("2.x", "2.0.0-rc.1", kIncluded));
  CHECK(inside("*", "0.0.0-a", kIncluded));
  CHECK(inside("^2", "2.5.0-rc.1", kIncluded));
  CHECK_FALSE(inside("2.x", "3.0.0-rc.1", kIncluded));
  CHECK_FALSE(inside(">=1.2.0", "1.2.0-rc.1", kIncluded));
}

TEST_CASE("what is no range is refused") {
  for (const char* text : {"", " ", "^", ">=", "1.2.3.4", "1.x.3", "latest", "^1.4 ||", "|| 1", "1 -2", "- 1",
                           "1 - ", ">=1.2 foo", "01.2", "^v1", "~>1", "1.2-beta", "1.2.", ".1"}) {
    CAPTURE(text);
    CHECK_FALSE(VersionRange::parse(text));
  }
  std::string many;
  for (int i = 0; i < 200; ++i) many += "1 ";
  CHECK_FALSE(VersionRange::parse(many));
}
