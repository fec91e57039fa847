#pragma once

#include <cloche/result.h>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::fs {

/// The names on the way from "/" to a file, none of them empty, "." or "..".
using PathParts = std::vector<std::string>;

/// "/a/b"; "/" for no parts.
[[nodiscard]] std::string join(const PathParts& parts);

/// Whether `path` is `start`, or lies in it.
[[nodiscard]] bool begins_with(const PathParts& path, const PathParts& start);

/// Parts a path at its slashes, dropping empty ones and "."; ".." takes back the part before it. Backslash is
/// a character like any other. Errors: `not_capable` when ".." leads above the start; `invalid_argument` for
/// NUL or more than 4,096 bytes.
[[nodiscard]] Result<PathParts> split(std::string_view path);

/// What `$NAME` stands for, for one plugin.
struct Folder {
  PathParts real;     ///< where it is, links resolved
  PathParts written;  ///< where the host said it is
  /// What keeps it there, where it is a plugin's own for a time.
  std::shared_ptr<const void> keeper = {};
};
using Folders = std::map<std::string, Folder, std::less<>>;

/// The file a plugin means by `name`: `$NAME/rest`, a path relative to `$WORKSPACE`, or an absolute one.
/// Purely lexical. Errors: `invalid_argument`, and those of `split`.
[[nodiscard]] Result<PathParts> resolve_name(std::string_view name, const Folders& folders);

/// Which files a rule means: `$NAME/rest` or an absolute path, in whose parts `*` stands for any characters
/// and `?` for one; neither stands for '/' or for a dot at the beginning of a name. A part `**` stands for
/// any number of parts, dotted ones too, and for none: `$WORKSPACE/**` is the folder and all in it. There are
/// no classes and no alternatives: `[`, `]`, `{` and `}` are refused, so that no rule means less than its
/// author thinks.
class PathPattern {
 public:
  /// Error: `invalid_argument`, also for a `$NAME` that `folders` does not have.
  [[nodiscard]] static Result<PathPattern> parse(std::string_view text, const Folders& folders);

  [[nodiscard]] bool matches(const PathParts& path) const;
  /// Whether it matches `path` or a folder that `path` lies in: what a rule that denies a folder means.
  [[nodiscard]] bool covers(const PathParts& path) const;

  /// The folder everything that matches lies in: what `$NAME` stands for, or the parts before the first with
  /// a wildcard.
  [[nodiscard]] const PathParts& root() const noexcept { return root_; }

 private:
  struct Part {
    enum class Kind { literal, glob, any_depth };
    Kind kind;
    std::string text;
  };
  [[nodiscard]] static bool part_matches(const Part& part, std::string_view name);
  [[nodiscard]] bool matches_first(const PathParts& path, std::size_t count) const;
  Result<void> add(std::string_view part);

  std::vector<Part> parts_;
  PathParts root_;
};

/// Whether `name` fits `pattern`, a single part with `*` and `?`. Linear in time but for backtracking to the
/// last `*`.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace cloche::fs
