#pragma once

#include <cloche/result.h>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// A version after Semantic Versioning 2.0.0. Plain data. Numbers are at most 2^53 - 1, as npm has it.
struct Version {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::vector<std::string> prerelease;  ///< the dot-separated identifiers after '-', or empty
  std::string build;                    ///< what follows '+', or empty; it plays no part in comparisons

  /// Reads `2.3.0` or `1.0.0-rc.1+build.5`. Error: `invalid_argument`.
  [[nodiscard]] static Result<Version> parse(std::string_view text);

  /// Precedence, SemVer 2.0.0 section 11: a prerelease comes before its release, build metadata is ignored.
  friend std::weak_ordering operator<=>(const Version& a, const Version& b) noexcept;
  friend bool operator==(const Version& a, const Version& b) noexcept { return (a <=> b) == 0; }
};

std::string to_string(const Version& version);

/// A set of versions as npm writes it: `^1.4`, `~2.3.1`, `>=3.2 <4`, `2.x`, `1.2 - 2.3`, `1.x || >=3`, `*`.
class VersionRange {
 public:
  /// Whether a prerelease can be inside a range that does not name it.
  enum class Prereleases : std::uint8_t {
    named_only,  ///< npm's rule: only where a comparator names a prerelease of the same major.minor.patch
    included,    ///< they are ordered like any version; right where a range narrows or revokes
  };

  /// Error: `invalid_argument`, naming the part that cannot be read.
  [[nodiscard]] static Result<VersionRange> parse(std::string_view text);

  [[nodiscard]] bool contains(const Version& version,
                              Prereleases prereleases = Prereleases::named_only) const noexcept;
  /// The range as it was written.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// One condition on a version. `partial` says that it was written with parts left open (`1.x`).
  struct Comparator {
    enum class Op : std::uint8_t { less, at_most, greater, at_least, equal };
    Op op = Op::at_least;
    Version version;
    bool partial = false;
  };

 private:
  std::string text_;
  std::vector<std::vector<Comparator>>
      alternatives_;  // any of which must hold; each holds when all its parts do
};

}  // namespace cloche
