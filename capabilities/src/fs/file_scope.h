#pragma once

#include <cloche/conjunction.h>
#include <cloche/grants.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fs/path_pattern.h"

namespace cloche::fs {

/// How much may be kept in a folder; null: in none.
struct Quota {
  std::uint64_t bytes = Limits::kUnlimited;
  const PathParts* folder = nullptr;

  void widen(const Quota& other) {
    if (other.bytes > bytes) *this = other;
  }
  void narrow(const Quota& other) {
    if (other.bytes < bytes) *this = other;
  }
};

/// A rule for files: a pattern of paths, how large a file may be, and all together.
class FileRule {
 public:
  struct Bounds {
    std::uint64_t max_bytes = Limits::kUnlimited;
    const PathParts* root =
        nullptr;  ///< the folder to open it beneath, of all rules the innermost; null: "/"
    Quota quota;

    void widen(const Bounds& other);
    void narrow(const Bounds& other);
  };

  FileRule(std::string text, PathPattern pattern, std::uint64_t max_bytes, std::uint64_t quota)
      : text_(std::move(text)), pattern_(std::move(pattern)), max_bytes_(max_bytes), quota_(quota) {}

  [[nodiscard]] bool matches(const PathParts& path) const { return pattern_.matches(path); }
  /// A rule that denies a folder denies all in it.
  [[nodiscard]] bool denies(const PathParts& path) const { return pattern_.covers(path); }
  [[nodiscard]] Bounds bounds() const {
    return {
        max_bytes_, &pattern_.root(), {quota_, quota_ == Limits::kUnlimited ? nullptr : &pattern_.root()}};
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
  PathPattern pattern_;
  std::uint64_t max_bytes_;
  std::uint64_t quota_;
};

/// What one grant of `fs.read` or `fs.write` lets a plugin reach. Immutable; may be used from any thread.
class FileScope {
 public:
  /// What is known of a path inside the scope; as long as the scope lives.
  struct Permit {
    const PathParts& root;  ///< the folder to open it beneath
    std::uint64_t max_bytes;
    Quota quota;
    std::string_view rule;
  };

  /// Error: `invalid_argument` for a rule that cannot be understood.
  [[nodiscard]] static Result<FileScope> make(const Grant& grant, Folders folders);

  /// Nothing when `path` is outside: when some layer allows it by no rule, or some layer denies it or a
  /// folder it lies in.
  [[nodiscard]] std::optional<Permit> permit(const PathParts& path) const;

  [[nodiscard]] const Folders& folders() const noexcept { return folders_; }
  [[nodiscard]] const std::string& capability() const noexcept { return capability_; }

 private:
  FileScope(std::string capability, Folders folders, Conjunction<FileRule> rules)
      : capability_(std::move(capability)), folders_(std::move(folders)), rules_(std::move(rules)) {}

  std::string capability_;
  Folders folders_;
  Conjunction<FileRule> rules_;
};

}  // namespace cloche::fs
