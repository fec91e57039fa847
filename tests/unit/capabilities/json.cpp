#include <cloche/json.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support.h"

namespace cloche {
namespace {

std::string json(const Value& value, int indent = -1) { return to_json(value, indent).value(); }

Error parse_failure(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE_FALSE(parsed);
  return parsed.error();
}

TEST_CASE("JSON is read as JSON.parse reads it") {
  CHECK(parse_json(R"({"a":[1,"x",true,null]})").value() ==
        Value(Object{{"a", Array{1, "x", true, Null()}}}));
  CHECK(parse_json("9007199254740993").value() == Value(9007199254740992.0));
  CHECK(parse_json("123456789012345678901234567890").value() == Value(123456789012345678901234567890.0));
  CHECK(std::signbit(*parse_json("-0").value().as<double>()));
  CHECK(parse_json(R"("\u00e9\ud83d\ude00")").value() == Value("\u00e9\U0001f600"));
}

TEST_CASE("of equal keys the last value counts, in the first one's place") {
  CHECK(parse_json(R"({"a":1,"b":2,"a":3,"c":4,"a":5})").value() ==
        Value(Object{{"a", 5}, {"b", 2}, {"c", 4}}));
}

TEST_CASE("a mistake in JSON is told with its line and column") {
  const Error error = parse_failure("{\n  \"\u00e9\": nul\n}");
  CHECK(error.code() == Errc::invalid_argument);
  REQUIRE(error.where());
  CHECK(error.where()->line == 2);
  CHECK(error.where()->column == 8);
  CHECK(parse_failure("").message() == "this is not valid JSON: the text ends too early");
  CHECK(parse_failure("[1,").message() == "this is not valid JSON: the text ends too early");
  CHECK(parse_failure("[1] 2").where()->column == 5);
  CHECK(parse_failure("\"a\x01\"").code() == Errc::invalid_argument);
  CHECK(parse_failure("\"\xff\"").code() == Errc::invalid_argument);
  CHECK(parse_failure("1e999").code() == Errc::invalid_argument);
}

TEST_CASE("JSON nested too deeply is refused where it goes too deep") {
  CHECK(parse_json(std::string(200, '[') + std::string(200, ']')));
  const Error error = parse_failure(std::string(100'000, '['));
  CHECK(error.where()->column == 201);
}

TEST_CASE("numbers are written as ECMAScript writes them") {
  CHECK(json(1) == "1");
  CHECK(json(-0.0) == "0");
  CHECK(json(1e21) == "1e+21");
  CHECK(json(0.1 + 0.2) == "0.30000000000000004");
  CHECK(json(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(json(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("what JSON has no word for is left out, null, or written as documented") {
  const Value value = Object{{"u", Undefined()}, {"f", Function()}, {"a", Array{Undefined(), Function()}}};
  CHECK(json(value) == R"({"a":[null,null]})");
  CHECK(json(Undefined()) == "null");
  CHECK(json(Date{0}) == R"("1970-01-01T00:00:00.000Z")");
  CHECK(json(Date{std::numeric_limits<double>::quiet_NaN()}) == "null");
  CHECK(json(BigInt{true, {5}}) == R"("-5")");
  CHECK(json(Bytes{0xff, 0x00}) == R"({"type":"bytes","base64":"/wA="})");
  CHECK(json(ErrorValue{"TypeError", "no", "E", "at x"}) ==
        R"({"name":"TypeError","message":"no","code":"E"})");
  CHECK(json(ErrorValue{"Error", "no", "", ""}) == R"({"name":"Error","message":"no"})");
}

TEST_CASE("strings are escaped, and made UTF-8 where they are not") {
  CHECK(json("a\"\\\n\x01\u00e9") == "\"a\\\"\\\\\\n\\u0001\u00e9\"");
  CHECK(json("\xff") == "\"\ufffd\"");
}

TEST_CASE("indentation is that of JSON.stringify") {
  CHECK(json(Object{{"a", Array{1, 2}}, {"b", Object{}}, {"c", Array{}}}, 2) ==
        "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

TEST_CASE("a value nested too deeply is not written") {
  Value value;
  for (int i = 0; i < 201; ++i) value = Array{value};
  CHECK(to_json(value).error().code() == Errc::size_limit);
  CHECK(to_json(value.as<Array>()->front()));
}

}  // namespace
}  // namespace cloche
