#include <cloche/registry.h>
#include <doctest/doctest.h>

#include <chrono>
#include <limits>

#include "support.h"

namespace cloche {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Tag {
  std::string name;
  std::optional<int> weight;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (name, weight))

struct Tree {
  std::string name;
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))

struct Document {
  std::string title;
  std::vector<Tag> tags;
  std::map<std::string, double> scores;
};
BOOST_DESCRIBE_STRUCT(Document, (), (title, tags, scores))

// What became of reading `value` as T: the value as it is written again, or the mismatch.
template <class T>
std::string echo(const Value& value) {
  PlainReader reader;
  Inward in(reader);
  T out{};
  if (!Convert<T>::read(in, PlainReader::ref(value), out)) {
    return in.path() + ": expected " + in.expected() + ", found " + in.found();
  }
  PlainWriter writer;
  return inspect(writer.value(Convert<T>::write(writer, out)), 10);
}

TEST_CASE("every type reads what fits and says what does not") {
  CHECK(echo<bool>(true) == "true");
  CHECK(echo<bool>(1) == ": expected boolean, found number");
  CHECK(echo<double>(1.5) == "1.5");
  CHECK(echo<double>("1.5") == ": expected number, found string");
  CHECK(echo<std::string>("x") == "x");
  CHECK(echo<std::string>(Null()) == ": expected string, found null");
  CHECK(echo<Bytes>(Bytes{1}) == "Uint8Array(1) [ 1 ]");
  CHECK(echo<Bytes>(Array{1}) == ": expected Uint8Array, found array");
  CHECK(echo<BigInt>(BigInt{false, {7}}) == "7n");
  CHECK(echo<Date>(Date{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(echo<Date>(0) == ": expected Date, found number");
  CHECK(echo<std::chrono::milliseconds>(1500) == "1500");
  CHECK(echo<std::monostate>(Undefined()) == "undefined");
}

TEST_CASE("an integer is whole and in range") {
  CHECK(echo<int>(-5) == "-5");
  CHECK(echo<int>(3.5) == ": expected an integer from -2147483648 to 2147483647, found 3.5");
  CHECK(echo<std::uint8_t>(256) == ": expected an integer from 0 to 255, found 256");
  CHECK(echo<std::int8_t>(-128) == "-128");
  CHECK(echo<int>(std::numeric_limits<double>::quiet_NaN()).ends_with("found NaN"));
  CHECK(echo<std::int64_t>(9007199254740992.0) ==
        ": expected a safe integer or bigint, found 9007199254740992");
  CHECK(echo<std::uint64_t>(-1) == ": expected a safe integer or bigint, 0 or more, found -1");
}

TEST_CASE("a 64-bit integer reads and writes bigints where numbers are not exact") {
  CHECK(echo<std::int64_t>(BigInt{true, {std::uint64_t{1} << 63}}) == "-9223372036854775808n");
  CHECK(echo<std::uint64_t>(BigInt{false, {~std::uint64_t{0}}}) == "18446744073709551615n");
  CHECK(echo<std::int64_t>(BigInt{false, {5}}) == "5");
  CHECK(echo<std::int64_t>(BigInt{false, {std::uint64_t{1} << 63}}) ==
        ": expected a 64-bit integer, found bigint");
  CHECK(echo<std::uint64_t>(BigInt{true, {1}}) == ": expected a 64-bit integer, found bigint");
}

TEST_CASE("moments are valid Dates") {
  using Moment = std::chrono::sys_time<std::chrono::milliseconds>;
  CHECK(echo<Moment>(Date{1500}) == "1970-01-01T00:00:01.500Z");
  CHECK(echo<Moment>(Date{std::numeric_limits<double>::quiet_NaN()}) ==
        ": expected a valid Date, found an invalid one");
}

TEST_CASE("containers read their elements and name the one that does not fit") {
  CHECK(echo<std::optional<int>>(Undefined()) == "undefined");
  CHECK(echo<std::optional<int>>(Null()) == "undefined");
  CHECK(echo<std::vector<int>>(Array{1, 2}) == "[ 1, 2 ]");
  CHECK(echo<std::vector<int>>(Array{1, "x"}) == "[1]: expected number, found string");
  CHECK(echo<std::map<std::string, bool>>(Object{{"a", true}}) == "{ a: true }");
  CHECK(echo<std::map<std::string, bool>>(Object{{"a b", 1}}) == "[\"a b\"]: expected boolean, found number");
  CHECK(echo<std::vector<std::vector<bool>>>(Array{Array{true}, Array{0}}) ==
        "[1][0]: expected boolean, found number");
}

TEST_CASE("a variant is its first alternative that fits") {
  using Either = std::variant<bool, double, std::vector<std::string>>;
  CHECK(echo<Either>(true) == "true");
  CHECK(echo<Either>(2) == "2");
  CHECK(echo<Either>(Array{"x"}) == "[ 'x' ]");
  CHECK(echo<Either>(Array{1}) == ": expected boolean | number | string[], found array");
}

TEST_CASE("described enums and structs cross by name") {
  CHECK(echo<Colour>("green") == "green");
  CHECK(echo<Colour>("blue") == ": expected \"red\" | \"green\", found \"blue\"");
  const Object tag{{"name", "x"}, {"extra", 1}};
  CHECK(echo<Tag>(tag) == "{ name: 'x', weight: undefined }");
  CHECK(echo<Document>(
            Object{{"title", "t"}, {"tags", Array{tag, tag, Object{{"name", 5}}}}, {"scores", Object{}}}) ==
        "tags[2].name: expected string, found number");
  CHECK(echo<Document>("t") == ": expected object, found string");
}

TEST_CASE("the plugin's own text in an error is short and visible") {
  const std::string flood(100'000, 'x');
  CHECK(echo<Colour>(flood).size() < 200);
  CHECK(echo<Colour>("a\x1b[31m\nb") == ": expected \"red\" | \"green\", found \"a\\x1b[31m\\nb\"");
  CHECK(echo<std::map<std::string, bool>>(Object{{flood, 1}}).size() < 200);
}

TEST_CASE("a value keeps every kind") {
  const Value all = Array{Undefined(),
                          Null(),
                          true,
                          1.5,
                          BigInt{true, {3}},
                          "s",
                          Bytes{1},
                          Date{5},
                          Array{},
                          Object{{"a", 1}},
                          ErrorValue{"E", "m", "c", "s"},
                          Function(std::make_shared<testing::CountingTarget>("f"))};
  PlainReader reader;
  Inward in(reader);
  Value out;
  REQUIRE(Convert<Value>::read(in, PlainReader::ref(all), out));
  CHECK(out == all);
  PlainWriter writer;
  CHECK(writer.value(Convert<Value>::write(writer, out)) == all);
}

TEST_CASE("values nested too deeply are refused, for any type that can nest") {
  Value value;
  Value tree = Object{{"name", "leaf"}, {"children", Array{}}};
  for (int i = 0; i < 200; ++i) {
    value = Array{value};
    tree = Object{{"name", "node"}, {"children", Array{tree}}};
  }
  CHECK(echo<Value>(value).starts_with("["));
  const std::string deep = echo<Value>(Value(Array{value}));
  CHECK(deep.ends_with("expected a value at most 200 levels deep, found a deeper or cyclic one"));
  CHECK(deep.size() < 400);
  CHECK(echo<Tree>(tree).ends_with("expected a value at most 200 levels deep, found a deeper or cyclic one"));
}

TEST_CASE("types are told as TypeScript writes them") {
  CHECK(Convert<std::vector<std::optional<int>>>::type() == "Array<number | undefined>");
  CHECK(Convert<std::vector<std::string>>::type() == "string[]");
  CHECK(Convert<Tag>::type() == "{ name: string; weight?: number | undefined }");
  CHECK(Convert<Tree>::type() == "{ name: string; children: any[] }");
  CHECK(Convert<std::optional<Function>>::type() == "((...args: any[]) => any) | undefined");
  CHECK(Convert<std::map<std::string, Colour>>::type() == "Record<string, \"red\" | \"green\">");
}

}  // namespace
}  // namespace cloche
