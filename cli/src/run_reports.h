#pragma once

#include "report.h"

#include <CLI/CLI.hpp>
#include <cloche/host.h>
#include <optional>
#include <string>

namespace cloche::cli {

/// What `run` tells of plugins while they run: their statistics, and the file of metrics.
class RunReports {
 public:
  void add_options(CLI::App& verb);

  /// How many seconds lie between two reports; nothing where they come on request alone.
  [[nodiscard]] std::optional<double> interval() const noexcept { return interval_; }

  /// On SIGUSR1: prints the statistics.
  void on_request(const Host& host, const Report& report) const;
  /// When an interval is over, and once before the end. Error: `io`.
  [[nodiscard]] Result<void> on_time(const Host& host, const Report& report) const;
  /// Writes the file of metrics, if there is to be one. Error: `io`.
  [[nodiscard]] Result<void> write_metrics(const Host& host) const;

 private:
  bool statistics_ = false;
  std::string metrics_;
  std::optional<double> interval_;
};

}  // namespace cloche::cli
