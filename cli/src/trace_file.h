#pragma once

#include <CLI/CLI.hpp>
#include <cloche/result.h>
#include <cloche/trace_recorder.h>
#include <memory>
#include <string>

namespace cloche::cli {

/// The option `--trace FILE`: a record of what plugins do, written when the work is done.
class TraceFile {
 public:
  void add_option(CLI::App& verb);
  /// What the host is to be observed by; null without the option.
  [[nodiscard]] std::shared_ptr<TraceRecorder> recorder();
  /// Writes the file; without the option there is nothing to do. Error: `io`.
  [[nodiscard]] Result<void> write() const;

 private:
  std::string path_;
  std::shared_ptr<TraceRecorder> recorder_;
};

}  // namespace cloche::cli
