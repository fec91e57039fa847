#include "result_text.h"
#include "samples.h"

#include <chrono>
#include <cloche/manifest.h>
#include <cloche/policy.h>

// What hostile or careless YAML meets (threats: alias bombs, deep nesting, duplicate keys, odd encodings).
// Whatever the text, the answer is an error with a place and what to write instead.

namespace {

std::string complaint(std::string_view text) {
  const auto manifest = cloche::parse_manifest(text, "f");
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code() == cloche::Errc::manifest_invalid);
  REQUIRE(manifest.error().where());
  return to_string(*manifest.error().where()) + ": " + manifest.error().message();
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("anchors, aliases, merges and tags are refused where they stand") {
  CHECK(says(complaint("&x [*x]"), "f:1:1: anchors"));
  CHECK(says(complaint("id: &x 1"), "f:1:5: anchors"));
  CHECK(says(complaint("id: *x"), "f:1:5: "));
  CHECK(says(complaint("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"), "f:1:4: anchors"));
  CHECK(says(complaint("<<: {id: x}"), "f:1:1: merge keys"));
  CHECK(says(complaint("id: !!str x"), "f:1:5: tags"));
  CHECK(says(complaint("id: !thing x"), "f:1:5: tags"));
  CHECK(says(complaint("id: ! x"), "f:1:5: tags"));
  CHECK(says(complaint("id: !!map {}"), "f:1:5: tags"));
  CHECK(says(complaint("id: ! [x]"), "f:1:5: tags"));
  CHECK(says(complaint("!!str id: x"), "f:1:1: tags"));
}

TEST_CASE("a second document is refused, and so is what follows the first") {
  CHECK(says(complaint(small_manifest("---\nid: com.acme.y\n")), "more than one document"));
  CHECK(says(complaint(small_manifest("...\nid: com.acme.y\n")), "more than one document"));
  CHECK(says(complaint(small_manifest("---\n")), "more than one document"));
  CHECK(says(complaint("{manifest_version: 1}\n]"), "f:2:1: "));
  CHECK(says(complaint("{manifest_version: 1} }"), "f:1:23: "));
  CHECK(cloche::parse_manifest("---\n" + small_manifest("...\n"), "f"));
}

TEST_CASE("a key is there once, and is a text") {
  CHECK(complaint("id: com.acme.x\nid: com.acme.y\n") ==
        "f:2:1: the key 'id' is there twice in this map; keep one of the two");
  CHECK(says(complaint("id: com.acme.x\n\"id\": com.acme.y\n"), "f:2:1: the key 'id' is there twice"));
  CHECK(says(complaint("{\"i\\x64\": 1, id: 2}"), "there twice"));
  CHECK(says(complaint("1: x"), "f:1:1: the key '1' is not a text"));
  CHECK(says(complaint("null: x"), "null in quotes"));
  CHECK(says(complaint("yes: x"), "is not a text"));
  CHECK(says(complaint("[a]: x"), "a key must be a text"));
  CHECK(says(complaint("? {a: b}\n: x"), "a key must be a text"));
  CHECK(says(complaint(": x"), "a key is missing"));
}

TEST_CASE("scalars that readers of YAML disagree about are refused, quoted ones are texts") {
  for (const char* value :
       {"no",   "No",    "NO",   "yes",  "on",   "off",   "y",     "N",         "0777", "-012",  "00",  "1e3",
        "1E+3", "1.5e3", "0o17", "0x1F", "0b11", "1_000", "12:30", "190:20:30", ".inf", "-.INF", ".nan"}) {
    CAPTURE(value);
    CHECK(says(complaint(small_manifest("name: " + std::string(value) + "\n")), "f:5:7: "));
    CHECK(says(complaint(small_manifest("name: " + std::string(value) + "\n")),
               "\"" + std::string(value) + "\" in quotes"));
    const auto quoted = cloche::parse_manifest(small_manifest("name: \"" + std::string(value) + "\"\n"), "f");
    REQUIRE(quoted);
    CHECK(quoted->name == value);
  }
  const auto plain = [](std::string_view value) {
    return cloche::parse_manifest(small_manifest("config: {defaults: {v: " + std::string(value) + "}}\n"),
                                  "f")
        .value()
        .config.defaults;
  };
  CHECK(plain("12") == R"({"v":12})");
  CHECK(plain("+12") == R"({"v":12})");
  CHECK(plain("-9223372036854775808") == R"({"v":-9223372036854775808})");
  CHECK(plain("18446744073709551615") == R"({"v":18446744073709551615})");
  CHECK(plain("-0.5") == R"({"v":-0.5})");
  CHECK(plain("true") == R"({"v":true})");
  CHECK(plain("~") == R"({"v":null})");
  CHECK(plain("2027-01-01") == R"({"v":"2027-01-01"})");
  CHECK(plain("1.2.3") == R"({"v":"1.2.3"})");
  CHECK(plain("'1'") == R"({"v":"1"})");
  CHECK(plain("nothing") == R"({"v":"nothing"})");
  CHECK(plain("{x: 1, y: 2}") == R"({"v":{"x":1,"y":2}})");
  CHECK(says(complaint(small_manifest("config: {defaults: {v: 18446744073709551616}}\n")), "too large"));
  CHECK(says(complaint(small_manifest("config: {defaults: {v: -9223372036854775809}}\n")), "too large"));
  CHECK(says(complaint(small_manifest("config: {defaults: {v: " + std::string(400, '9') + ".0}}\n")),
             "too large"));
}

TEST_CASE("only plain UTF-8 is read") {
  using namespace std::string_view_literals;
  CHECK(says(complaint("\xff\xfei\0d\0"sv), "UTF-16"));
  CHECK(says(complaint("\xfe\xff\0i\0d"sv), "UTF-16"));
  CHECK(says(complaint("i\0d\0:\0 \0x\0"sv), "UTF-16"));
  CHECK(says(complaint("\0i\0d\0:\0 \0x"sv), "UTF-16"));
  CHECK(says(complaint("\xef\xbb\xbfid: x"), "f:1:1: this file begins with a byte order mark"));
  CHECK(says(complaint("id: a\xef\xbb\xbf"
                       "b"),
             "f:1:6: "));
  CHECK(says(complaint("é: x\nid: \xff"), "f:2:5: this is not UTF-8"));
  CHECK(says(complaint("id: \xc3"), "f:1:5: this is not UTF-8"));
  CHECK(says(complaint("id: \xed\xa0\x80"), "f:1:5: this is not UTF-8"));
  CHECK(says(complaint("id: \xc0\x80"), "f:1:5: this is not UTF-8"));
  CHECK(says(complaint("id: ab\0c"sv), "f:1:7: the control character U+0000"));
  CHECK(says(complaint("id: a\x1b[31m"), "f:1:6: the control character U+001B"));
  CHECK(says(complaint("id: a\xc2\x85"
                       "b"),
             "f:1:6: the control character U+0085"));
  CHECK(says(complaint("id: x\rname: y\n"), "f:1:6: a carriage return"));
  CHECK(says(complaint("id: \"a\\0b\""), "f:1:5: this text has a control character"));
  CHECK(says(complaint("id: \"a\\x1b\""), "f:1:5: this text has a control character"));
  CHECK(says(complaint("id: \"\\ud800\""), "f:1:"));
  CHECK(cloche::parse_manifest("manifest_version: 1\r\nid: com.acme.x\r\nversion: 1.0.0\r\nmain: a.js\r\n",
                               "f"));
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(says(complaint(small_manifest("name: {äöü: 1, x: !t 2}\n")), "f:5:19: tags"));
}

TEST_CASE("nesting is bounded before it is followed") {
  for (const int depth : {65, 501, 100'000}) {
    CAPTURE(depth);
    CHECK(says(complaint(repeated("- ", depth)), "more than 64 deep"));
    CHECK(says(complaint("a:\n  " + repeated("- ", depth)), "more than 64 deep"));
  }
  CHECK(says(complaint(repeated("[", 65) + repeated("]", 65)), "more than 64 deep"));
  CHECK(says(complaint(repeated("{a: ", 65) + "1" + repeated("}", 65)), "more than 64 deep"));
  // Brackets that never end are refused one way or another; what matters is that nothing follows them down.
  for (const char* part : {"[", "{", "{a: ", "[[{a: ", "? ", "?\n", "[?", "- - ? "}) {
    CHECK_FALSE(cloche::parse_manifest(repeated(part, 600), "f"));
    CHECK_FALSE(cloche::parse_manifest(repeated(part, 100'000), "f"));
  }
  const std::string deepest = repeated("[", 60) + repeated("]", 60);
  CHECK(cloche::parse_manifest(small_manifest("config: {defaults: {v: " + deepest + "}}\n"), "f"));
}

TEST_CASE("size is bounded before anything is read") {
  CHECK(says(complaint("# " + std::string(std::size_t{100} << 20, 'x')), "larger than 1 MiB"));
  CHECK(says(complaint("id: [" + repeated("1,", 200'000) + "]"), "more than 100000 values"));
  CHECK(says(complaint(""), "is empty"));
  CHECK(says(complaint("# nothing here\n"), "is empty"));
}

TEST_CASE("large texts are refused or read in little time") {
  const std::string texts[] = {
      "id: [" + repeated("1,", 99'000) + "]",
      "id: {" + repeated("a: 1,", 90'000) + "}",
      "id: [" + repeated("a: 1,", 30'000) + "]",
      "id: \"" + std::string(1'000'000, 'x') + "\"",
      std::string(1'000'000, 'x') + ": 1",
      repeated("x", 500'000) + "\n" + repeated("- x\n", 90'000),
      "id: " + repeated("é", 400'000) + "\xff",
      repeated("a:\n", 90'000),
      "id: |\n" + repeated("  text\n", 100'000),
      repeated("\"", 100'001),
      repeated("'", 100'001),
      repeated("#\n", 400'000),
      repeated("\n", 1'000'000),
      repeated(" ", 1'000'000) + "x",
      repeated("? a\n", 100'000),
  };
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 20));
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(cloche::parse_manifest(text, "f"));
    CHECK_FALSE(cloche::parse_policy(text, "f"));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
  }
}

TEST_CASE("directives are refused") {
  CHECK(says(complaint("%YAML 1.1\n---\nid: x\n"), "f:1:1: a line that begins with '%'"));
  CHECK(says(complaint("%TAG ! tag:x,2000:\n---\nid: x\n"), "f:1:1: "));
}

TEST_CASE("what is no YAML is told in words") {
  CHECK(says(complaint("id: {a: 1"), "has no '}'"));
  CHECK(says(complaint("id: [a"), "has no ']'"));
  CHECK(says(complaint("id: \"abc"), "quote is not closed"));
  CHECK(says(complaint("id: a: b"), "f:1:6: a ':' cannot stand here"));
  CHECK(says(complaint("id: x\n\tname: y"), "f:2:1: "));
}
