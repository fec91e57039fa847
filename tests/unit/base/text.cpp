#include <cloche/text.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cloche {
namespace {

TEST_CASE("what could deceive a terminal is made visible") {
  CHECK(escape_controls("plain \u00e9") == "plain \u00e9");
  CHECK(escape_controls("a\nb\tc\r") == "a\\nb\\tc\\r");
  CHECK(escape_controls("\x1b[31m\x7f") == "\\x1b[31m\\x7f");
  CHECK(escape_controls("\u202e\u200b\ufeff\u2028") == "\\u{202e}\\u{200b}\\u{feff}\\u{2028}");
  CHECK(escape_controls(std::string("\0", 1)) == "\\x00");
  CHECK(escape_controls("\xff\xc0\x80") == "\ufffd\ufffd\ufffd");
}

TEST_CASE("in a prompt nothing is hidden") {
  CHECK(visible("Caf\u00e9 \u6771\u829d \U0001f600") == "Caf\u00e9 \u6771\u829d \U0001f600");
  CHECK(visible("a\nb\u202e\u200b") == "a\\nb\\u{202e}\\u{200b}");
  CHECK(visible("a\ufe0f\U000e0041\U000e0100") == "a\\u{fe0f}\\u{e0041}\\u{e0100}");
  CHECK(visible("a\u00a0b\u3000c\u2003d") == "a\\xa0b\\u{3000}c\\u{2003}d");
  CHECK(visible("\u115f\u3164\uffa0\u2800\u034f\u180e") ==
        "\\u{115f}\\u{3164}\\u{ffa0}\\u{2800}\\u{34f}\\u{180e}");
  CHECK(visible("\ue000\ufffe\U0010ffff\xff") == "\\u{e000}\\u{fffe}\\u{10ffff}\ufffd");
  const std::string marks = "\u0301\u0302\u0303\u0304";
  CHECK(visible("o" + marks) == "o" + marks);
  CHECK(visible("o" + marks + "\u0305\u0306x\u0301") == "o" + marks + "\\u{305}\\u{306}x\u0301");
}

TEST_CASE("UTF-8 is what RFC 3629 says") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("\u00e9\u20ac\U0001f600"));
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("nearest finds what was meant, and nothing when nothing is near") {
  const std::vector<std::string_view> words{"storage", "fs.read", "fs.write"};
  CHECK(nearest("storge", words) == "storage");
  CHECK(nearest("fs.reed", words) == "fs.read");
  CHECK(nearest("network", words).empty());
  CHECK(nearest("x", {}).empty());
}

}  // namespace
}  // namespace cloche
