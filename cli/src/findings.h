#pragma once

#include "report.h"

#include <cloche/error.h>
#include <cstddef>
#include <vector>

namespace cloche::cli {

/// Everything wrong with the files of one check.
class Findings {
 public:
  void add_file() noexcept { ++files_; }
  void add(const Error& error);  ///< and its more()

  [[nodiscard]] bool empty() const noexcept { return findings_.empty(); }

  /// One line for each, or how many files are valid. The exit code says which.
  [[nodiscard]] ExitCode tell(const Report& report) const;

 private:
  std::vector<Error> findings_;
  std::size_t files_ = 0;
};

}  // namespace cloche::cli
