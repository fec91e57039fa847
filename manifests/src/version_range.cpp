#include "version_text.h"

#include <algorithm>
#include <array>

namespace cloche {
namespace {

using Comparator = VersionRange::Comparator;
using Op = Comparator::Op;

constexpr std::size_t kMaxComparators = 64;

// A version whose later numbers may be left open: `1.x` has one given number, `*` has none.
struct Partial {
  Version version;
  int given = 0;
};

std::optional<Partial> read_partial(std::string_view text) {
  Partial partial;
  const std::string_view core = text.substr(0, text.find_first_of("-+"));
  std::uint64_t* const numbers[] = {&partial.version.major, &partial.version.minor, &partial.version.patch};
  std::string_view rest = core;
  bool open = false;
  for (int i = 0; i < 3; ++i) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (part == "*" || part == "x" || part == "X") {
      open = true;
    } else {
      const auto number = read_version_number(part);
      if (!number || open) return std::nullopt;
      *numbers[i] = *number;
      partial.given = i + 1;
    }
    if (dot == std::string_view::npos) {
      rest = {};
      break;
    }
    rest.remove_prefix(dot + 1);
    if (i == 2 || rest.empty()) return std::nullopt;
  }
  const std::string_view suffix = text.substr(core.size());
  if (suffix.empty()) return partial;
  if (partial.given != 3 || !read_version_suffix(suffix, partial.version)) return std::nullopt;
  return partial;
}

// The first version after all those whose first `count` numbers are those of `version`: before its own
// prereleases.
Version next_after(const Version& version, int count) {
  Version next;
  next.prerelease = {"0"};
  next.major = version.major + (count == 1 ? 1 : 0);
  if (count >= 2) next.minor = version.minor + (count == 2 ? 1 : 0);
  if (count >= 3) next.patch = version.patch + 1;
  return next;
}

Comparator at_least(const Partial& partial) { return {Op::at_least, partial.version, partial.given < 3}; }

Comparator below_next(const Partial& partial, int count) {
  return {Op::less, next_after(partial.version, count), false};
}

// How many leading numbers ^ keeps fixed: up to and including the first that is not zero.
int caret_fixed(const Partial& partial) {
  if (partial.version.major != 0 || partial.given == 1) return 1;
  if (partial.version.minor != 0 || partial.given == 2) return 2;
  return 3;
}

// Nothing is before this version.
Comparator nothing() {
  Version first;
  first.prerelease = {"0"};
  return {Op::less, first, false};
}

void add_ordered(std::string_view op, const Partial& partial, std::vector<Comparator>& out) {
  const bool whole = partial.given == 3;
  const bool any = partial.given == 0;
  if (op == ">=" || (op == "<=" && any)) {
    out.push_back(at_least(partial));
  } else if (any) {
    out.push_back(nothing());  // before or after everything there is
  } else if (op == ">") {
    Version next = next_after(partial.version, partial.given);
    next.prerelease.clear();
    out.push_back(whole ? Comparator{Op::greater, partial.version} : Comparator{Op::at_least, next, true});
  } else if (op == "<=") {
    out.push_back(whole ? Comparator{Op::at_most, partial.version} : below_next(partial, partial.given));
  } else {
    Version bound = partial.version;
    if (!whole) bound.prerelease = {"0"};
    out.push_back({Op::less, bound, false});
  }
}

void add_comparators(std::string_view op, const Partial& partial, std::vector<Comparator>& out) {
  if (op == ">=" || op == ">" || op == "<=" || op == "<") return add_ordered(op, partial, out);
  if (partial.given == 3 && (op.empty() || op == "=")) {
    out.push_back({Op::equal, partial.version, false});
    return;
  }
  out.push_back(at_least(partial));
  if (partial.given == 0) return;
  if (op == "^") {
    out.push_back(below_next(partial, caret_fixed(partial)));
  } else {
    out.push_back(below_next(partial, op == "~" ? std::min(partial.given, 2) : partial.given));
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string_view take_operator(std::string_view& text) {
  for (const std::string_view op : {">=", "<=", ">", "<", "=", "^", "~"}) {
    if (text.substr(0, op.size()) != op) continue;
    text.remove_prefix(op.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return op;
  }
  return {};
}

// One alternative: conditions side by side, or two versions with ` - ` between them. False when it cannot be
// read.
bool read_alternative(std::string_view text, std::vector<Comparator>& out) {
  text = trimmed(text);
  if (const std::size_t dash = text.find(" - "); dash != std::string_view::npos) {
    const auto low = read_partial(trimmed(text.substr(0, dash)));
    const auto high = read_partial(trimmed(text.substr(dash + 3)));
    if (!low || !high) return false;
    add_ordered(">=", *low, out);
    add_ordered("<=", *high, out);
    return true;
  }
  if (text.empty()) return false;
  while (!text.empty() && out.size() <= kMaxComparators) {
    const std::string_view op = take_operator(text);
    const std::string_view word = text.substr(0, text.find(' '));
    const auto partial = read_partial(word);
    if (!partial) return false;
    add_comparators(op, *partial, out);
    text = trimmed(text.substr(word.size()));
  }
  return out.size() <= kMaxComparators;
}

bool same_core(const Version& a, const Version& b) noexcept {
  return a.major == b.major && a.minor == b.minor && a.patch == b.patch;
}

bool holds(const Comparator& comparator, const Version& version, bool included) noexcept {
  const auto order = version <=> comparator.version;
  switch (comparator.op) {
    case Op::less: return order < 0;
    case Op::at_most: return order <= 0;
    case Op::greater: return order > 0;
    // Where parts were left open, `1.x` begins with the prereleases of 1.0.0.
    case Op::at_least:
      return order >= 0 || (included && comparator.partial && same_core(version, comparator.version));
    case Op::equal: return order == 0;
  }
  return false;
}

}  // namespace

Result<VersionRange> VersionRange::parse(std::string_view text) {
  VersionRange range;
  range.text_ = text;
  bool good = text.size() <= kMaxVersionText;
  for (std::string_view rest = text; good;) {
    const std::size_t bar = rest.find("||");
    good = read_alternative(rest.substr(0, bar), range.alternatives_.emplace_back());
    if (bar == std::string_view::npos) break;
    rest.remove_prefix(bar + 2);
  }
  if (good) return range;
  return Error(Errc::invalid_argument,
               shown(text) + " is not a range of versions; write one such as ^1.4, 2.x or \">=3.2 <4\"");
}

bool VersionRange::contains(const Version& version, Prereleases prereleases) const noexcept {
  const bool included = prereleases == Prereleases::included;
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const auto& comparators) {
    const bool inside = std::all_of(comparators.begin(), comparators.end(),
                                    [&](const Comparator& c) { return holds(c, version, included); });
    if (!inside || included || version.prerelease.empty()) return inside;
    return std::any_of(comparators.begin(), comparators.end(), [&](const Comparator& c) {
      return !c.version.prerelease.empty() && same_core(c.version, version);
    });
  });
}

}  // namespace cloche
