#pragma once

#include <cloche/error.h>
#include <cstdint>
#include <string>

namespace cloche::cli {

/// Turns the names a plugin's sources have inside the sandbox (`plugin://ID/path`) into what the user called
/// them.
class Places {
 public:
  /// Names stay as they are.
  Places() = default;

  /// A plugin's folder: `plugin://ID/a/b.mjs` becomes `FOLDER/a/b.mjs`.
  [[nodiscard]] static Places in_folder(std::string folder);

  /// A program of one file, called `name`, whose text the sandbox saw with `lines_before` lines of ours
  /// before it.
  [[nodiscard]] static Places of_program(std::string name, std::uint32_t lines_before = 0);

  [[nodiscard]] SourceLocation shown(SourceLocation location) const;
  /// The error with every location in it shown so: its own, those of its frames, of its causes and of further
  /// errors.
  [[nodiscard]] Error shown(const Error& error) const;

 private:
  enum class Kind { as_is, folder, program };
  Kind kind_ = Kind::as_is;
  std::string name_;
  std::uint32_t lines_before_ = 0;
};

}  // namespace cloche::cli
