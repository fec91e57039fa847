#include "text/ecma_text.h"

#include <algorithm>
#include <charconv>
#include <cloche/text.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace cloche::text {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000U;  // the largest power of ten in a word
constexpr int kChunkDigits = 19;

// Divides `words` by kChunk in place and gives the remainder.
std::uint64_t divide(std::vector<std::uint64_t>& words) {
  std::uint64_t remainder = 0;
  for (std::size_t i = words.size(); i-- > 0;) {
    const Wide current = (Wide{remainder} << 64) | words[i];
    words[i] = static_cast<std::uint64_t>(current / kChunk);
    remainder = static_cast<std::uint64_t>(current % kChunk);
  }
  while (!words.empty() && words.back() == 0) words.pop_back();
  return remainder;
}

void multiply_and_add(std::vector<std::uint64_t>& words, std::uint64_t factor, std::uint64_t term) {
  std::uint64_t carry = term;
  for (std::uint64_t& word : words) {
    const Wide product = Wide{word} * factor + carry;
    word = static_cast<std::uint64_t>(product);
    carry = static_cast<std::uint64_t>(product >> 64);
  }
  if (carry != 0) words.push_back(carry);
}

// Lays out the significant `digits` of a number that is 0.digits times ten to the power `point`.
std::string lay_out(const std::string& digits, int point) {
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 21)
    return digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21) {
    const auto whole = static_cast<std::size_t>(point);
    return digits.substr(0, whole) + "." + digits.substr(whole);
  }
  if (-6 < point && point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  std::string text = digits.substr(0, 1);
  if (count > 1) text += "." + digits.substr(1);
  return text + (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
}

struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// The proleptic Gregorian date of a day counted from 1970-01-01: years are counted from March, so that the
// day that leap years add comes last. std::chrono's years do not reach as far as ECMAScript's.
CivilDate civil_date(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;  // days from 0000-03-01
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

}  // namespace

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  char buffer[32];
  const auto written =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific);
  std::string digits(buffer, written.ptr);
  const std::size_t mark = digits.find('e');
  const int point = std::atoi(digits.c_str() + mark + 1) + 1;
  digits.resize(mark);
  std::erase(digits, '.');
  return (number < 0 ? "-" : "") + lay_out(digits, point);
}

std::optional<std::string> date_text(double milliseconds) {
  constexpr double kLargest = 8.64e15;
  if (!(std::abs(milliseconds) <= kLargest)) return std::nullopt;
  constexpr std::int64_t kDay = 86'400'000;
  const auto total = static_cast<std::int64_t>(milliseconds);
  const std::int64_t days = (total >= 0 ? total : total - (kDay - 1)) / kDay;
  const std::int64_t rest = total - days * kDay;
  const CivilDate date = civil_date(days);
  char buffer[48];
  const char* const format = date.year >= 0 && date.year <= 9999
                                 ? "%04lld-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ"
                                 : "%+07lld-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ";
  using Long = long long;
  std::snprintf(buffer, sizeof buffer, format, Long{date.year}, date.month, date.day, Long{rest / 3'600'000},
                Long{rest / 60'000 % 60}, Long{rest / 1000 % 60}, Long{rest % 1000});
  return buffer;
}

std::optional<std::string> bigint_text(const BigInt& big) {
  if (big.words.size() > kMaxDecimalWords) return std::nullopt;
  std::vector<std::uint64_t> words = big.words;
  while (!words.empty() && words.back() == 0) words.pop_back();
  if (words.empty()) return "0";
  std::string reversed;
  while (!words.empty()) {
    std::string chunk = std::to_string(divide(words));
    std::reverse(chunk.begin(), chunk.end());
    if (!words.empty()) chunk.resize(kChunkDigits, '0');
    reversed += chunk;
  }
  if (big.negative) reversed += '-';
  return std::string(reversed.rbegin(), reversed.rend());
}

std::string bigint_hex(const BigInt& big) {
  std::string text = big.negative ? "-0x" : "0x";
  char buffer[24];
  for (std::size_t i = big.words.size(); i-- > 0;) {
    const bool first = i + 1 == big.words.size();
    std::snprintf(buffer, sizeof buffer, first ? "%llx" : "%016llx",
                  static_cast<unsigned long long>(big.words[i]));
    text += buffer;
  }
  return big.words.empty() ? "0x0" : text;
}

std::optional<BigInt> parse_bigint(std::string_view digits) {
  BigInt big;
  big.negative = digits.starts_with('-');
  if (big.negative) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > kMaxDecimalWords * 20) return std::nullopt;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    multiply_and_add(big.words, 10, static_cast<std::uint64_t>(digit - '0'));
  }
  if (big.words.size() > kMaxDecimalWords) return std::nullopt;
  big.negative = big.negative && !big.words.empty();
  return big;
}

bool is_identifier(std::string_view name) noexcept {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  };
  const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, part);
}

std::string excerpt(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return escape_controls(text);
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return escape_controls(text.substr(0, end)) + "\u2026";
}

}  // namespace cloche::text
