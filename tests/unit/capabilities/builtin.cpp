#include <cloche/builtin.h>
#include <cloche/types.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::grants_of;
using testing::whole;

Caller plugin(BuiltinOptions options, const std::string& capability, Limits limits = {}) {
  Grants grants = grants_of({whole(capability)});
  grants.limits = limits;
  return Caller::make(std::make_shared<Registry>(builtin_capabilities(std::move(options))), grants).value();
}

TEST_CASE("log lines carry plugin, level and fields, and nothing that deceives a terminal") {
  std::ostringstream out;
  BuiltinOptions options;
  options.log = spdlog_sink(out);
  Caller call = plugin(options, "log");
  CHECK(call("log", "info", {"hello", Object{{"n", 1}, {"s", "two"}}}));
  CHECK(call("log", "warn", {"a\nb\x1b[31m\u202e {}"}));
  CHECK(out.str() ==
        "[com.acme.test] [info] hello n=1 s=two\n[com.acme.test] [warning] a\\nb\\x1b[31m\\u{202e} {}\n");
  CHECK(call("log", "error", {1}).error().message() ==
        "error: argument 1 (message): expected string, found number");
}

TEST_CASE("a plugin that floods the log is cut short, and the loss is told") {
  std::ostringstream out;
  Duration now{};
  BuiltinOptions options;
  options.log = metered_log(spdlog_sink(out), [&] { return now; });
  Limits limits;
  limits.log_per_second = 10;
  Caller call = plugin(options, "log", limits);
  CHECK(call("log", "info", {"1234"}));
  CHECK(call("log", "info", {"56789abc"}));
  CHECK(call("log", "info", {"lost"}));
  now = std::chrono::seconds(1);
  CHECK(call("log", "info", {"again"}));
  CHECK(out.str() ==
        "[com.acme.test] [info] 1234\n"
        "[com.acme.test] [info] 56789\u2026\n"
        "[com.acme.test] [warning] 7 bytes of log were dropped: the plugin may write 10 a second\n"
        "[com.acme.test] [info] again\n");
}

TEST_CASE("the clock is coarse and counts from the load") {
  Duration now = std::chrono::seconds(100);
  BuiltinOptions options;
  options.clock.now = [] {
    return std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'123'999));
  };
  options.clock.monotonic = [&] { return now; };
  Caller call = plugin(options, "clock");
  CHECK(call("clock", "now").value() == Value(1'700'000'000'123.0));
  now += std::chrono::microseconds(2'999);
  CHECK(call("clock", "monotonic").value() == Value(2));
}

TEST_CASE("random values come from the source they were given") {
  BuiltinOptions options;
  options.random = [](std::span<std::uint8_t> out) -> Result<void> {
    std::ranges::fill(out, std::uint8_t{0xff});
    return {};
  };
  Caller call = plugin(options, "random");
  CHECK(call("random", "bytes", {3}).value() == Value(Bytes{255, 255, 255}));
  CHECK(call("random", "bytes", {65'537}).error().code() == Errc::invalid_argument);
  CHECK(call("random", "bytes", {-1}).error().code() == Errc::invalid_argument);
  CHECK(call("random", "uuid").value() == Value("ffffffff-ffff-4fff-bfff-ffffffffffff"));
  CHECK(*call("random", "uniform").value().as<double>() < 1);
}

TEST_CASE("the system's random values differ") {
  Caller call = plugin({}, "random");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(*call("random", "uuid").value().as<std::string>());
  CHECK(seen.size() == 100);
}

TEST_CASE("the built-in set declares itself") {
  const Registry registry = builtin_capabilities();
  const Catalogue catalogue = registry.catalogue();
  for (const char* id : {"log", "clock", "random", "storage", "fs.read", "fs.write"})
    CHECK(catalogue.find(id) != nullptr);
  REQUIRE(catalogue.find("fs.read") != nullptr);
  CHECK(catalogue.find("fs.read")->scope.front().required);
  const std::string text = type_declarations(registry, std::vector<std::string>{"fs.read"});
  CHECK(text.find("export function readText(path: string): Promise<string>;") != std::string::npos);
  CHECK(text.find("Promise<Array<{ name: string; type: \"file\" | \"directory\" }>>") != std::string::npos);
  CHECK(text.find("writeText") == std::string::npos);
}

}  // namespace
}  // namespace cloche
