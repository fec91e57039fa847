#pragma once

#include <cloche/grants.h>
#include <cstdint>
#include <optional>
#include <vector>

#include "fs/path_pattern.h"

namespace cloche::fs {

/// What one grant of `fs.read` or `fs.write` lets a plugin reach. Immutable; may be used from any thread.
class FileScope {
 public:
  /// What is known of a path inside the scope.
  struct Permit {
    PathParts root;  ///< the folder to open it beneath
    std::uint64_t max_bytes = Limits::kUnlimited;
  };

  /// Error: `invalid_argument` for a rule that cannot be understood; nothing is left out in silence.
  [[nodiscard]] static Result<FileScope> make(const Grant& grant, Folders folders);

  /// Nothing when `path` is outside: when some layer allows it by no rule, or some layer denies it or a
  /// folder it lies in.
  [[nodiscard]] std::optional<Permit> permit(const PathParts& path) const;

  [[nodiscard]] const Folders& folders() const noexcept { return folders_; }
  [[nodiscard]] const std::string& capability() const noexcept { return capability_; }

 private:
  struct Rule {
    PathPattern pattern;
    std::uint64_t max_bytes;
  };
  struct Set {
    bool everything = false;
    std::vector<Rule> rules;
  };
  [[nodiscard]] static Result<std::vector<Set>> compile(const std::vector<ScopeSet>& sets,
                                                        const Folders& folders);
  [[nodiscard]] static bool allows(const Set& set, const PathParts& path, Permit& permit);
  [[nodiscard]] static bool denies(const Set& set, const PathParts& path);

  std::string capability_;
  Folders folders_;
  std::vector<Set> allow_;
  std::vector<Set> deny_;
};

}  // namespace cloche::fs
