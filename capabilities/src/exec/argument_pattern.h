#pragma once

#include <cloche/result.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::exec {

/// Which lists of arguments a rule means: one pattern for each argument, in which `*` stands for any characters, or
/// none. An argument that begins with '-' could be an option and change what the command does, so only a pattern that
/// begins with '-' itself matches it: `*` is any one argument that is no option, `--depth=*` that option with any value.
/// `**`, which can only stand last, is all the arguments that are left, options too.
class ArgumentPattern {
 public:
  /// No arguments at all.
  ArgumentPattern() = default;
  /// Error: `invalid_argument`, for a `**` that is not the last, or has something beside it, and for NUL.
  [[nodiscard]] static Result<ArgumentPattern> parse(std::span<const std::string> patterns);

  [[nodiscard]] bool matches(std::span<const std::string> arguments) const;
  /// The same for a rule that denies: its stars stand for options too.
  [[nodiscard]] bool denies(std::span<const std::string> arguments) const;

 private:
  template <class Fits>
  [[nodiscard]] bool fit(std::span<const std::string> arguments, Fits fits) const;

  std::vector<std::string> patterns_;
  bool rest_ = false;
};

/// Whether `text` is `pattern` with any characters for each `*`. Takes time in proportion to the product of their
/// lengths at worst.
[[nodiscard]] bool star_matches(std::string_view pattern, std::string_view text);

}  // namespace cloche::exec
