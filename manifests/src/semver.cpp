#include <cloche/semver.h>

#include "version_text.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace cloche {
namespace {

bool is_numeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

// Calls `visit` with each part of `text` between dots; false as soon as one call says so.
template <class Visit>
bool each_part(std::string_view text, Visit visit) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!visit(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// Numeric identifiers are compared by value; without leading zeroes the longer one is the greater.
std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) noexcept {
  const bool a_number = is_numeric(a);
  const bool b_number = is_numeric(b);
  if (a_number != b_number) return a_number ? std::weak_ordering::less : std::weak_ordering::greater;
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

}  // namespace

std::optional<std::uint64_t> read_version_number(std::string_view text) noexcept {
  constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53) - 1;
  if (text.empty() || !is_numeric(text) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > kLargest) return std::nullopt;
  return number;
}

bool read_version_suffix(std::string_view text, Version& version) {
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    const std::string_view build = text.substr(plus + 1);
    if (!each_part(build, is_identifier)) return false;
    version.build = build;
    text = text.substr(0, plus);
  }
  if (text.empty()) return true;
  if (text.front() != '-') return false;
  return each_part(text.substr(1), [&](std::string_view part) {
    if (!is_identifier(part) || (is_numeric(part) && part.size() > 1 && part.front() == '0')) return false;
    version.prerelease.emplace_back(part);
    return true;
  });
}

Result<Version> Version::parse(std::string_view text) {
  Version version;
  const std::string_view core = text.substr(0, text.find_first_of("-+"));
  std::uint64_t* const numbers[] = {&version.major, &version.minor, &version.patch};
  std::size_t count = 0;
  const bool good = text.size() <= kMaxVersionText && each_part(core, [&](std::string_view part) {
                      const auto number = read_version_number(part);
                      if (!number || count == 3) return false;
                      *numbers[count++] = *number;
                      return true;
                    });
  if (!good || count != 3 || !read_version_suffix(text.substr(core.size()), version)) {
    return Error(Errc::invalid_argument,
                 shown(text) + " is not a SemVer version; write three numbers such as 2.3.0");
  }
  return version;
}

std::weak_ordering operator<=>(const Version& a, const Version& b) noexcept {
  const auto core = std::tie(a.major, a.minor, a.patch) <=> std::tie(b.major, b.minor, b.patch);
  if (core != 0) return core;
  if (a.prerelease.empty() != b.prerelease.empty()) {
    return a.prerelease.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
  }
  return std::lexicographical_compare_three_way(a.prerelease.begin(), a.prerelease.end(),
                                                b.prerelease.begin(), b.prerelease.end(),
                                                compare_identifiers);
}

std::string to_string(const Version& version) {
  std::string text = std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                     std::to_string(version.patch);
  char separator = '-';
  for (const std::string& part : version.prerelease) {
    text += separator + part;
    separator = '.';
  }
  if (!version.build.empty()) text += "+" + version.build;
  return text;
}

}  // namespace cloche
