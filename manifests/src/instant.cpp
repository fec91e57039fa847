#include "shown.h"

#include <charconv>
#include <chrono>
#include <cloche/units.h>
#include <cstdio>
#include <optional>

namespace cloche {
namespace {

// Reads numbers and the characters between them: a digit of `shape` stands for any digit, another character
// for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

int number(std::string_view text, std::size_t begin, std::size_t length) {
  int value = 0;
  std::from_chars(text.data() + begin, text.data() + begin + length, value);
  return value;
}

std::optional<std::chrono::sys_seconds> read(std::string_view text) {
  const bool timed = has_shape(text, "0000-00-00T00:00:00Z");
  if (!timed && !has_shape(text, "0000-00-00")) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(number(text, 0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(text, 5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(text, 8, 2))));
  if (!day.ok()) return std::nullopt;
  std::chrono::sys_seconds instant = std::chrono::sys_days(day);
  if (!timed) return instant;
  const int hours = number(text, 11, 2);
  const int minutes = number(text, 14, 2);
  const int seconds = number(text, 17, 2);
  if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  return instant + std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
}

}  // namespace

Result<std::chrono::sys_seconds> parse_instant(std::string_view text) {
  if (const auto instant = read(text)) return *instant;
  return Error(
      Errc::invalid_argument,
      shown(text) + " is not a day or instant; write one such as 2027-01-01 or 2027-01-01T12:00:00Z");
}

std::string format_instant(std::chrono::sys_seconds instant) {
  const auto midnight = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day day(midnight);
  const std::chrono::hh_mm_ss time(instant - midnight);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  const std::string whole(text);
  return instant == midnight ? whole.substr(0, whole.find('T')) : whole;
}

}  // namespace cloche
