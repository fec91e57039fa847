#pragma once

#include <cloche/error.h>

namespace cloche::cli {

/// What the program's exit code says; part of the contract with scripts.
enum class ExitCode : int {
  done = 0,
  other = 1,
  usage = 2,
  invalid = 3,      ///< a manifest, policy or source
  not_capable = 4,  ///< a capability was not granted
  threw = 5,        ///< the plugin's own code threw
  limit = 6,        ///< CPU, wall, memory, a size or a quota
  crashed = 7,      ///< contained: only the plugin is gone
};

ExitCode exit_code(Errc code) noexcept;

}  // namespace cloche::cli
