#include "result_text.h"

#include <cloche/units.h>

using namespace std::chrono_literals;

TEST_CASE("sizes are read in the units people write") {
  CHECK(cloche::parse_size("0B").value() == 0);
  CHECK(cloche::parse_size("64MiB").value() == 64U << 20);
  CHECK(cloche::parse_size("512KiB").value() == 512U << 10);
  CHECK(cloche::parse_size("3GiB").value() == std::uint64_t{3} << 30);
  CHECK(cloche::parse_size("1TiB").value() == std::uint64_t{1} << 40);
  CHECK(cloche::parse_size("5kB").value() == 5'000);
  CHECK(cloche::parse_size("5KB").value() == 5'000);
  CHECK(cloche::parse_size("5MB").value() == 5'000'000);
  CHECK(cloche::parse_size("5GB").value() == 5'000'000'000);
}

TEST_CASE("durations are read in the units people write") {
  CHECK(cloche::parse_duration("50ms").value() == 50ms);
  CHECK(cloche::parse_duration("2s").value() == 2s);
  CHECK(cloche::parse_duration("7us").value() == 7us);
  CHECK(cloche::parse_duration("9ns").value() == 9ns);
  CHECK(cloche::parse_duration("3m").value() == 3min);
  CHECK(cloche::parse_duration("1h").value() == 1h);
}

TEST_CASE("a number without a unit is refused with what to write") {
  const auto size = cloche::parse_size("64");
  REQUIRE_FALSE(size);
  CHECK(size.error().message() ==
        "'64' has no unit; write a whole number and its unit (B, KiB, MiB, GiB), such as 64MiB");
  CHECK_FALSE(cloche::parse_duration("50"));
}

TEST_CASE("everything else that is no size or duration is refused") {
  for (const char* text : {"", "MiB", "-1MiB", "+1MiB", "1.5GiB", "64mib", "64 MiB", " 64MiB", "64MiB ",
                           "64M", "1e3B", "0x10B", "50ms"}) {
    CAPTURE(text);
    CHECK_FALSE(cloche::parse_size(text));
  }
  for (const char* text : {"", "ms", "-1ms", "1.5s", "50 ms", "50MS", "1d", "64MiB"}) {
    CAPTURE(text);
    CHECK_FALSE(cloche::parse_duration(text));
  }
}

TEST_CASE("what does not fit is refused, never wrapped") {
  CHECK_FALSE(cloche::parse_size("18446744073709551615B"));
  CHECK(cloche::parse_size("18446744073709551614B").value() == cloche::Limits::kUnlimited - 1);
  CHECK_FALSE(cloche::parse_size("18446744073709551616B"));
  CHECK_FALSE(cloche::parse_size("16777216TiB"));
  CHECK(cloche::parse_size("16777215TiB"));
  CHECK_FALSE(cloche::parse_size(std::string(1000, '9') + "B"));
  CHECK_FALSE(cloche::parse_duration("9223372036854775808ns"));
  CHECK(cloche::parse_duration("9223372036854775807ns"));
  CHECK_FALSE(cloche::parse_duration("2562048h"));
}

TEST_CASE("what is written is read back") {
  for (const std::uint64_t size :
       {0ULL, 1ULL, 1000ULL, 1024ULL, 64ULL << 20, 3ULL << 30, (3ULL << 30) + 1, 5ULL << 40}) {
    CHECK(cloche::parse_size(cloche::format_size(size)).value() == size);
  }
  CHECK(cloche::format_size(64U << 20) == "64MiB");
  CHECK(cloche::format_size(1000) == "1000B");
  CHECK(cloche::format_size(0) == "0B");
  CHECK(cloche::format_duration(90s) == "90s");
  CHECK(cloche::format_duration(50ms) == "50ms");
  CHECK(cloche::format_duration(0ns) == "0ns");
  CHECK(cloche::parse_duration(cloche::format_duration(1234567ns)).value() == 1234567ns);
}
