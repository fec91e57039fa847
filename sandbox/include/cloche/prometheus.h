#pragma once

#include <cloche/statistics.h>
#include <span>
#include <string>

namespace cloche {

/// The figures in Prometheus' text exposition format, version 0.0.4: metrics `cloche_plugin_…` with the labels
/// `plugin` and `instance`, times in seconds and sizes in bytes. To be served with the content type
/// `text/plain; version=0.0.4`, or written to a file that a node exporter collects. What has no limit has
/// the limit `+Inf`.
[[nodiscard]] std::string prometheus_text(std::span<const Statistics> plugins);

}  // namespace cloche
