#include "shown.h"

#include <algorithm>
#include <charconv>
#include <cloche/units.h>
#include <optional>
#include <span>

namespace cloche {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, so that the first that divides a value is the best to write it with.
constexpr Unit kBinarySizes[] = {
    {"TiB", std::uint64_t{1} << 40}, {"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}, {"B", 1}};
constexpr Unit kSizes[] = {{"TiB", std::uint64_t{1} << 40},
                           {"GiB", 1U << 30},
                           {"MiB", 1U << 20},
                           {"KiB", 1U << 10},
                           {"B", 1},
                           {"TB", 1'000'000'000'000},
                           {"GB", 1'000'000'000},
                           {"MB", 1'000'000},
                           {"KB", 1'000},
                           {"kB", 1'000}};
constexpr Unit kDurations[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                               {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};

constexpr std::string_view kSizeHelp = "write a whole number and its unit (B, KiB, MiB, GiB), such as 64MiB";
constexpr std::string_view kDurationHelp =
    "write a whole number and its unit (ns, us, ms, s, m, h), such as 50ms";

Error refused(std::string_view text, std::string_view what, std::string_view help) {
  return {Errc::invalid_argument, shown(text) + std::string(what) + "; " + std::string(help)};
}

Result<std::uint64_t> parse(std::string_view text, std::span<const Unit> units, std::uint64_t most,
                            std::string_view help) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view name = text.substr(digits);
  if (digits == 0) return refused(text, " does not begin with a number", help);
  if (name.empty()) return refused(text, " has no unit", help);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end()) return refused(text, " has an unknown unit", help);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || number > most / unit->factor) return refused(text, " is too large", help);
  return number * unit->factor;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value >= unit.factor && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return "0" + std::string(units.back().name);
}

}  // namespace

Result<ByteCount> parse_size(std::string_view text) {
  // One less than the type's largest value, which stands for "unlimited".
  return parse(text, kSizes, Limits::kUnlimited - 1, kSizeHelp);
}

Result<Duration> parse_duration(std::string_view text) {
  const auto most = static_cast<std::uint64_t>(Duration::max().count());
  const auto count = parse(text, kDurations, most, kDurationHelp);
  if (!count) return count.error();
  return Duration(static_cast<Duration::rep>(*count));
}

std::string format_size(ByteCount size) { return format(size, kBinarySizes); }

std::string format_duration(Duration duration) {
  return format(static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 0)), kDurations);
}

}  // namespace cloche
