// console: what reaches the log, as which level, and formatted how.
#include "support.h"

using namespace cloche;
using namespace cloche::testing;
using Texts = std::vector<std::string>;

namespace {

Texts logged(unsigned workers, const std::string& source) {
  Sandbox box(workers);
  Plugin plugin = box.load(source);
  return box.log().texts();
}

}  // namespace

TEST_CASE("each method has its level, and lines keep their order") {
  Sandbox box(each_mode());
  Plugin plugin = box.load(
      "console.log('a'); console.info('b'); console.debug('c'); console.warn('d'); console.error('e');");
  CHECK(box.log().texts() == Texts{"a", "b", "c", "d", "e"});
  CHECK(box.log().levels() ==
        std::vector{LogLevel::info, LogLevel::info, LogLevel::debug, LogLevel::warn, LogLevel::error});
  CHECK(box.log().plugins() == Texts(5, "com.example.test"));
}

TEST_CASE("values are shown as a person reads them") {
  CHECK(logged(1, "console.log(1, 'two', [3, 'four'], {five: 6n}, null, undefined, true)") ==
        Texts{"1 two [ 3, 'four' ] { five: 6n } null undefined true"});
  CHECK(logged(1, "console.log()") == Texts{""});
  CHECK(logged(1, "console.log(Symbol('s'))") == Texts{"Symbol(s)"});
}

TEST_CASE("directives are replaced") {
  CHECK(logged(1, "console.log('%s is %d and %i or %f%%', 'x', 4.7, '5', '1.5')") ==
        Texts{"x is 4 and 5 or 1.5%"});
  CHECK(logged(1, "console.log('%o %O', {a: 1}, [2], 'rest')") == Texts{"{ a: 1 } [ 2 ] rest"});
  CHECK(logged(1, "console.log('%cred', 'color: red')") == Texts{"red"});
  CHECK(logged(1, "console.log('%s %x %')") == Texts{"%s %x %"});
  CHECK(logged(1, "console.log('%d', Symbol('s'))") == Texts{"NaN"});
}

TEST_CASE("control characters reach the sink as they are") {
  CHECK(logged(1, R"(console.log("a\nb\x1b[31mred\u0000\u202e"))") ==
        Texts{std::string("a\nb\x1b[31mred\0\u202e", 15)});
}

TEST_CASE("group indents, count counts, assert speaks when it fails") {
  CHECK(
      logged(
          1,
          "console.group('g'); console.log('in'); console.group(); console.log('deep'); console.groupEnd();\n"
          "console.groupEnd(); console.groupEnd(); console.log('out')") ==
      Texts{"g", "  in", "    deep", "out"});
  CHECK(
      logged(1,
             "console.count(); console.count('x'); console.count(); console.countReset(); console.count()") ==
      Texts{"default: 1", "x: 1", "default: 2", "default: 1"});
  CHECK(logged(1, "console.assert(true, 'no'); console.assert(false); console.assert(0, 'why', 1)") ==
        Texts{"Assertion failed", "Assertion failed: why 1"});
}

TEST_CASE("time measures between its calls") {
  const Texts texts =
      logged(1, "console.time('t'); console.timeLog('t'); console.timeEnd('t'); console.timeEnd('t')");
  REQUIRE(texts.size() == 3);
  CHECK(texts[0].starts_with("t: "));
  CHECK(texts[0].ends_with(" ms"));
  CHECK(texts[2] == "Timer 't' does not exist");
}

TEST_CASE("trace shows the plugin's own frames") {
  const Texts texts = logged(1, "function inner() {\n  console.trace('here'); }\ninner();");
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] ==
        "Trace: here\n    at inner (plugin://com.example.test/main.mjs:2:11)\n    at  "
        "(plugin://com.example.test/main.mjs:3:1)");
}

TEST_CASE("an error is shown with its stack") {
  const Texts texts = logged(1, "console.error(new TypeError('bad'))");
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].starts_with("TypeError: bad\n    at plugin://com.example.test/main.mjs:1:"));
}

TEST_CASE("what is hostile to show is shown somehow") {
  const Texts texts = logged(1, R"(
    const ring = {}; ring.ring = ring;
    console.log(ring);
    console.log({get x() { throw new Error("trap") }});
    console.log(new Proxy({}, {ownKeys() { throw 1 }}));
    console.log("x".repeat(1e7));
    console.log("still here");
  )");
  REQUIRE(texts.size() == 5);
  for (const std::string& text : texts) CHECK_FALSE(text.empty());
  CHECK(texts[4] == "still here");
}

TEST_CASE("console's methods work without their object and may be replaced by the plugin") {
  CHECK(logged(1, "const {log} = console; log('free'); console.log = () => log('mine'); console.log('x')") ==
        Texts{"free", "mine"});
}

TEST_CASE("a host without a log drops it") {
  HostOptions options;
  options.policy = Policy::grant_all();
  auto host = Host::create(std::move(options)).value();
  auto plugin = host.load(manifest_of(module("")),
                          std::make_shared<MemoryFiles>(Files{{"main.mjs", "console.log(1)"}}));
  CHECK(plugin.has_value());
}
