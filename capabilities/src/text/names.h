#pragma once

#include <cloche/result.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche::text {

/// Names of variables, as rules give them: `LC_ALL`, or with a `*` at the end every name that begins so: `LC_*`.
class NamePatterns {
 public:
  NamePatterns() = default;
  /// Error: `invalid_argument`, for what no variable can be called, and for a '*' elsewhere.
  [[nodiscard]] static Result<NamePatterns> parse(const std::vector<std::string>& patterns);

  [[nodiscard]] bool match(std::string_view name) const;

 private:
  std::vector<std::string> patterns_;
};

/// Whether a variable of the environment can be called that: not empty, without '=' and NUL.
[[nodiscard]] bool is_variable_name(std::string_view name) noexcept;

}  // namespace cloche::text
