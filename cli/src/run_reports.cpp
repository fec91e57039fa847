#include "run_reports.h"

#include "statistics_text.h"

#include <cloche/prometheus.h>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cloche::cli {

void RunReports::add_options(CLI::App& verb) {
  verb.add_flag("--stats", statistics_,
                "Print what each plugin did and uses, at the end and at every --interval");
  verb.add_option("--metrics", metrics_,
                  "Write the same to FILE as Prometheus text, at the beginning, at the end, at every\n"
                  "--interval and on SIGUSR1")
      ->type_name("FILE");
  verb.add_option("--interval", interval_, "Seconds between two reports; without it, none in between")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.01, 31'536'000.0).description(""));
}

void RunReports::on_request(const Host& host, const Report& report) const {
  const auto plugins = host.statistics();
  report.tell(statistics_document(plugins), statistics_table(plugins));
}

Result<void> RunReports::on_time(const Host& host, const Report& report) const {
  if (statistics_) on_request(host, report);
  return write_metrics(host);
}

// Written beside it and renamed: who reads the file finds a whole one.
Result<void> RunReports::write_metrics(const Host& host) const {
  if (metrics_.empty()) return {};
  const std::string draft = metrics_ + ".new";
  std::ofstream file(draft, std::ios::binary);
  file << prometheus_text(host.statistics());
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(draft, metrics_, failed);
  if (!file || failed) return Error(Errc::io, "cannot write the metrics to '" + metrics_ + "'");
  return {};
}

}  // namespace cloche::cli
