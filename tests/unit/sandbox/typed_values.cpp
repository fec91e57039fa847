// C++ types at the boundary: described structs and all that Convert knows, both ways, and how a mismatch is
// told.
#include "support.h"

#include <optional>
#include <variant>

namespace {

enum class Weight { normal, bold };
BOOST_DESCRIBE_ENUM(Weight, normal, bold)

struct Style {
  Weight weight = Weight::normal;
  std::optional<std::string> color;
  friend bool operator==(const Style&, const Style&) = default;
};
BOOST_DESCRIBE_STRUCT(Style, (), (weight, color))

struct Span {
  int from = 0;
  int to = 0;
  std::vector<Style> styles;
  friend bool operator==(const Span&, const Span&) = default;
};
BOOST_DESCRIBE_STRUCT(Span, (), (from, to, styles))

struct Page {
  std::string title;
  std::vector<Span> spans;
  std::map<std::string, double> numbers;
  std::variant<double, std::string> id;
  bool done = false;
  friend bool operator==(const Page&, const Page&) = default;
};
BOOST_DESCRIBE_STRUCT(Page, (), (title, spans, numbers, id, done))

}  // namespace

using namespace cloche;
using namespace cloche::testing;

namespace {

const Page kPage{
    "Title", {{1, 2, {{Weight::bold, "red"}, {}}}, {3, 4, {}}}, {{"a", 1.5}, {"b", 2}}, "p1", true};

Registry typed() {
  Registry registry;
  registry.define("t")
      .sync("page", [](const Page& page) { return page; })
      .sync("first",
            [](std::vector<std::int32_t> list, std::optional<bool> negate) {
              const std::int32_t value = list.empty() ? 0 : list.front();
              return negate.value_or(false) ? -value : value;
            })
      .sync("small", [](std::uint8_t n) { return n; })
      .sync("wide", [](std::int64_t n) { return n; })
      .sync("weight", [](Weight weight) { return weight; })
      .sync("bytes", [](Bytes bytes) { return bytes.size(); })
      .sync("sum",
            [](std::vector<double> numbers) {
              double sum = 0;
              for (const double number : numbers) sum += number;
              return sum;
            },
            {{"numbers"}, "Adds numbers up."})
      .sync("nothing", [] {});
  return registry;
}

}  // namespace

TEST_CASE("a described struct with nested arrays crosses both ways") {
  Sandbox box(each_mode(), typed());
  Plugin plugin = box.load(R"(
    import { page } from "cap:t";
    export const same = (p) => p;
    export const through = (p) => page(p);
    export const keys = (p) => [Object.keys(p), Object.keys(p.spans[0]), p.spans[0].styles[0].weight];
    export const make = () => ({title: "t", spans: [{from: 1, to: 2, styles: [{weight: "bold"}]}], numbers: {}, id: 7,
                                done: false, more: "is left out"});
  )",
                           {"t"});
  CHECK(ask<Page>(plugin, "same", kPage) == kPage);
  CHECK(ask<Page>(plugin, "through", kPage) == kPage);
  CHECK(json(ask(plugin, "keys", kPage)) ==
        R"([["title","spans","numbers","id","done"],["from","to","styles"],"bold"])");
  CHECK(ask<Page>(plugin, "make") == Page{"t", {{1, 2, {{Weight::bold, {}}}}}, {}, 7.0, false});
}

TEST_CASE("a result of the wrong type says where and what") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(R"(
    export const number = () => "3";
    export const page = (how) => {
      const p = {title: "t", spans: [{from: 1, to: 2, styles: [{weight: "bold"}, {weight: "bold"}]}], numbers: {}, id: 1, done: true};
      if (how === "weight") p.spans[0].styles[1].weight = "thin";
      if (how === "missing") delete p.title;
      if (how === "number") p.numbers.x = "1";
      if (how === "variant") p.id = true;
      if (how === "array") p.spans = {length: 0};
      return p;
    };
  )");
  const auto message = [&](const char* how) {
    const Error error = ask_error<Page>(plugin, "page", how);
    CHECK(error.code() == Errc::invalid_argument);
    return error.message();
  };
  CHECK(ask_error<int>(plugin, "number").message() == "the result: expected number, found string");
  CHECK(message("missing") == "the result's title: expected string, found undefined");
  CHECK(message("number") == "the result's numbers.x: expected number, found string");
  CHECK(message("variant") == "the result's id: expected number | string, found boolean");
  CHECK(message("array").starts_with("the result's spans: expected "));
  CHECK(message("weight").starts_with(
      "the result's spans[0].styles[1].weight: expected \"normal\" | \"bold\", found "));
}

TEST_CASE("integers are whole and in range") {
  Sandbox box(each_mode(), typed());
  Plugin plugin = box.load(R"(
    import { small, wide } from "cap:t";
    const attempt = (f, x) => { try { return String(f(x)) } catch (e) { return e.name + ": " + e.message } };
    export const f = (x) => attempt(small, x);
    export const g = (x) => attempt(wide, x);
    export const big = (text) => attempt(wide, BigInt(text));
    export const give = (x) => x;
  )",
                           {"t"});
  CHECK(ask<std::string>(plugin, "f", 255) == "255");
  CHECK(ask<std::string>(plugin, "f", 256) ==
        "TypeError: small: argument 1 (arg1): expected an integer from 0 to 255, found 256");
  CHECK(ask<std::string>(plugin, "f", 1.5).starts_with("TypeError"));
  CHECK(ask<std::string>(plugin, "f", -1).starts_with("TypeError"));
  CHECK(ask<std::string>(plugin, "g", 9007199254740991.0) == "9007199254740991");
  CHECK(ask<std::string>(plugin, "g", 9007199254740992.0).starts_with("TypeError"));
  CHECK(ask<std::string>(plugin, "big", "-9223372036854775808") == "-9223372036854775808");
  CHECK(ask<std::string>(plugin, "big", "9223372036854775808").starts_with("TypeError"));
  CHECK(ask<std::int64_t>(plugin, "give", std::int64_t{9223372036854775807}) == 9223372036854775807);
}

TEST_CASE("a wrong argument is a TypeError that names function, parameter and expected type") {
  Sandbox box(each_mode(), typed());
  Plugin plugin = box.load(R"(
    import * as t from "cap:t";
    export const f = (name, args) => {
      try { return t[name](...args) } catch (e) { return [e.name, e.code, e.message, e instanceof TypeError] }
    };
  )",
                           {"t"});
  const auto fails = [&](const char* name, Array args) {
    const Value result = ask(plugin, "f", name, Value(std::move(args)));
    REQUIRE(result.is<Array>());
    const Array& parts = *result.as<Array>();
    CHECK(parts[0] == Value("TypeError"));
    CHECK(parts[1] == Value("invalid_argument"));
    CHECK(parts[3] == Value(true));
    return *parts[2].as<std::string>();
  };
  CHECK(fails("sum", {"x"}) == "sum: argument 1 (numbers): expected number[], found string");
  CHECK(fails("sum", {Array{1, Null()}}) == "sum: argument 1 (numbers[1]): expected number, found null");
  CHECK(fails("sum", {}) == "sum: argument 1 (numbers): expected number[], found undefined");
  CHECK(fails("first", {Array{1}, "yes"}) == "first: argument 2 (arg2): expected boolean, found string");
  CHECK(fails("bytes", {"text"}) == "bytes: argument 1 (arg1): expected Uint8Array, found string");
  CHECK(fails("weight", {"thin"})
            .starts_with("weight: argument 1 (arg1): expected \"normal\" | \"bold\", found "));
}

TEST_CASE("optional parameters may be left out, and surplus arguments are ignored") {
  Sandbox box(each_mode(), typed());
  Plugin plugin = box.load(R"(
    import { first, nothing } from "cap:t";
    export const f = () => [first([4]), first([4], undefined), first([4], null), first([4], true, "surplus"), nothing(1)];
    export const lengths = () => [first.length, nothing.length];
  )",
                           {"t"});
  CHECK(ask(plugin, "f") == Value(Array{4, 4, 4, -4, Undefined()}));
  CHECK(json(ask(plugin, "lengths")) == "[2,0]");
}

TEST_CASE("the arguments of a call may be of any convertible type") {
  Sandbox box(each_mode());
  Plugin plugin = box.load("export const f = (...args) => args;");
  const std::string text = "string";
  const Value result = ask(plugin, "f", 1, 2.5F, true, "literal", text, std::string_view("view"),
                           std::vector<int>{1, 2}, std::optional<int>(), std::map<std::string, int>{{"a", 1}},
                           std::variant<int, std::string>("v"), Weight::bold, std::chrono::seconds(2));
  CHECK(result == Value(Array{1, 2.5, true, "literal", "string", "view", Array{1, 2}, Undefined(),
                              Object{{"a", 1}}, "v", "bold", 2000}));
}

TEST_CASE("void ignores whatever comes, and an exception still counts") {
  Sandbox box(each_mode());
  Plugin plugin =
      box.load("export const f = () => ({x: 1n}); export const g = () => { throw new Error('x') };");
  CHECK(plugin.call<void>("f").get().has_value());
  CHECK(plugin.call<void>("g").get().error().code() == Errc::threw);
}
