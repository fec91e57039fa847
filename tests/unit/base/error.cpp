#include <cloche/result.h>
#include <doctest/doctest.h>

namespace cloche {
namespace {

TEST_CASE("an error prints as place, code, class and text on one line") {
  CHECK(to_string(Error(Errc::io, "no such file")) == "error[io]: no such file");
  CHECK(to_string(Error(Errc::threw, "a\nb").of_class("TypeError").at({"main.js", 3, 7})) ==
        "main.js:3:7: error[threw]: TypeError: a\\nb");
  CHECK(to_string(SourceLocation{"f", 2, 0}) == "f:2");
  CHECK(to_string(SourceLocation{"f", 0, 5}) == "f");
}

TEST_CASE("copies of an error are independent of what is added later") {
  const Error plain(Errc::io, "x");
  const Error more = Error(plain).with_plugin_code("E1").because(Error(Errc::internal, "deep"));
  CHECK(plain.plugin_code().empty());
  CHECK(plain.cause() == nullptr);
  CHECK(more.plugin_code() == "E1");
  REQUIRE(more.cause() != nullptr);
  CHECK(more.cause()->message() == "deep");
}

TEST_CASE("a result holds a value or the error that stood in its way") {
  const Result<int> good = 5;
  const Result<int> bad = Error(Errc::quota, "full");
  CHECK(*good == 5);
  CHECK(bad.error().code() == Errc::quota);
  CHECK_THROWS_AS(static_cast<void>(bad.value()), BadResult);
}

}  // namespace
}  // namespace cloche
