#pragma once

#include <cloche/result.h>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::net {

/// A pattern for a path or a query: `*` stands for any characters but the one it stops at, `**` for any at
/// all. An encoded slash or backslash is a slash to `*`. Matching takes time in proportion to the lengths of
/// both.
class UrlGlob {
 public:
  /// `text` is in the canonical spelling. Error: `invalid_argument` for more than 1,024 bytes.
  [[nodiscard]] static Result<UrlGlob> parse(std::string_view text, char stop);

  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Token {
    enum class Kind : std::uint8_t { literal, star, two_stars };
    Kind kind;
    char literal;
  };
  [[nodiscard]] bool at_stop(std::string_view text) const;
  [[nodiscard]] bool matches_rest(std::string_view text) const;

  std::string prefix_;         // what stands before the first star
  std::vector<Token> tokens_;  // from there on
  char stop_ = '/';
};

}  // namespace cloche::net
