#include <cloche/value.h>
#include <doctest/doctest.h>

#include <limits>

#include "support.h"

namespace cloche {
namespace {

Function function_named(std::string name) {
  return Function(std::make_shared<testing::CountingTarget>(std::move(name)));
}

TEST_CASE("inspect shows primitives as a console does") {
  CHECK(inspect(Undefined()) == "undefined");
  CHECK(inspect(Null()) == "null");
  CHECK(inspect(true) == "true");
  CHECK(inspect(1) == "1");
  CHECK(inspect(-0.0) == "-0");
  CHECK(inspect(0.1) == "0.1");
  CHECK(inspect(1e21) == "1e+21");
  CHECK(inspect(123456789012345680000.0) == "123456789012345680000");
  CHECK(inspect(1e-7) == "1e-7");
  CHECK(inspect(0.000001) == "0.000001");
  CHECK(inspect(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(inspect(-std::numeric_limits<double>::infinity()) == "-Infinity");
  CHECK(inspect(5e-324) == "5e-324");
  CHECK(inspect(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("inspect shows strings bare at the top and quoted inside") {
  CHECK(inspect("it's") == "it's");
  CHECK(inspect(Array{"a", "it's", "\"it's\"", "a\nb"}) == R"([ 'a', "it's", `"it's"`, 'a\nb' ])");
}

TEST_CASE("inspect shows bigints in decimal, and those too long to convert in hexadecimal") {
  CHECK(inspect(BigInt{}) == "0n");
  CHECK(inspect(BigInt{true, {123}}) == "-123n");
  CHECK(inspect(BigInt{false, {0, 1}}) == "18446744073709551616n");
  CHECK(inspect(BigInt{false, {0, 0, 1}}) == "340282366920938463463374607431768211456n");
  CHECK(inspect(BigInt{false, {0x8ac7230489e80000U}}) == "10000000000000000000n");
  CHECK(inspect(BigInt{false, std::vector<std::uint64_t>(2000, 1)}).starts_with("0x100000000000000010"));
}

TEST_CASE("inspect shows dates by their ISO text, over all the years there are") {
  CHECK(inspect(Date{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(inspect(Date{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(inspect(Date{951782400000}) == "2000-02-29T00:00:00.000Z");
  CHECK(inspect(Date{8.64e15}) == "+275760-09-13T00:00:00.000Z");
  CHECK(inspect(Date{-8.64e15}) == "-271821-04-20T00:00:00.000Z");
  CHECK(inspect(Date{-62167219200001}) == "-000001-12-31T23:59:59.999Z");
  CHECK(inspect(Date{8.65e15}) == "Invalid Date");
  CHECK(inspect(Date{std::numeric_limits<double>::quiet_NaN()}) == "Invalid Date");
}

TEST_CASE("inspect shows containers, and stops at the depth asked for") {
  CHECK(inspect(Array{1, 2}) == "[ 1, 2 ]");
  CHECK(inspect(Array{}) == "[]");
  CHECK(inspect(Object{}) == "{}");
  CHECK(inspect(Object{{"a", 1}, {"b-c", "x"}}) == "{ a: 1, 'b-c': 'x' }");
  CHECK(inspect(Bytes{1, 2, 3}) == "Uint8Array(3) [ 1, 2, 3 ]");
  const Value nested = Object{{"a", Object{{"b", Object{{"c", Array{1}}}}}}};
  CHECK(inspect(nested) == "{ a: { b: { c: [ 1 ] } } }");
  CHECK(inspect(nested, 0) == "{ a: [Object] }");
  CHECK(inspect(nested, 2) == "{ a: { b: { c: [Array] } } }");
}

TEST_CASE("inspect stays short whatever it is given") {
  const std::string text = inspect(Array(5000, Value(7)));
  CHECK(text.ends_with("7, ... 4900 more items ]"));
  CHECK(inspect(Array(101, Value(7))).ends_with("7, ... 1 more item ]"));
  CHECK(inspect(Array{std::string(1'000'000, 'x')}).size() < 11'000);
}

TEST_CASE("inspect shows functions and errors") {
  CHECK(inspect(function_named("greet")) == "[Function: greet]");
  CHECK(inspect(Function()) == "[Function (anonymous)]");
  CHECK(inspect(ErrorValue{"TypeError", "no", "", ""}) == "TypeError: no");
  CHECK(inspect(ErrorValue{"TypeError", "no", "", "    at f (main.js:1:2)"}) ==
        "TypeError: no\n    at f (main.js:1:2)");
  CHECK(inspect(Array{ErrorValue{"TypeError", "no", "", "    at f"}}) == "[ [TypeError: no] ]");
}

TEST_CASE("values compare by content, functions by identity") {
  CHECK(Value(Object{{"a", Array{1, "x"}}}) == Value(Object{{"a", Array{1, "x"}}}));
  CHECK_FALSE(Value(1) == Value("1"));
  CHECK_FALSE(Value(Undefined()) == Value(Null()));
  const Function f = function_named("f");
  CHECK(Value(f) == Value(f));
  CHECK_FALSE(Value(f) == Value(function_named("f")));
}

TEST_CASE("find gives a property of an object and nothing of anything else") {
  const Value object = Object{{"a", 1}};
  REQUIRE(object.find("a") != nullptr);
  CHECK(*object.find("a") == Value(1));
  CHECK(object.find("b") == nullptr);
  CHECK(Value("a").find("a") == nullptr);
}

TEST_CASE("a function handle calls its target, and an empty one answers that it is unloaded") {
  CHECK(function_named("f")({Value(1), Value(2)}).get().value() == Value(2));
  CHECK(Function()({}).get().error().code() == Errc::unloaded);
}

}  // namespace
}  // namespace cloche
