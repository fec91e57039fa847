#pragma once

#include <cloche/call.h>
#include <cloche/limits.h>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace cloche {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };

/// Where plugins' log lines go: those of `cap:log` and of `console`.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// `text` is the plugin's, as it is: it may hold control characters, so escape it (`escape_controls`) for
  /// people. Called from any worker's thread, several at a time; must not block for long.
  virtual void write(const PluginInfo& plugin, LogLevel level, std::string_view text) = 0;
};

/// Writes through spdlog to standard error: one logger for each plugin, named by its id, one line for each
/// call with control characters made visible.
[[nodiscard]] std::shared_ptr<LogSink> spdlog_sink();
/// The same, to `out`, which must outlive the sink; lines are `[plugin] [level] text`.
[[nodiscard]] std::shared_ptr<LogSink> spdlog_sink(std::ostream& out);

/// Hands on to `inner` what is within each plugin's `log_per_second`. A text that is more is cut, what comes
/// after it in the same second is dropped, and a line says how much was lost. Give one such sink to
/// everything that logs, so that a plugin has one budget; an `inner` that is such a sink already is given
/// back. `monotonic` is the time; the default is the system's.
[[nodiscard]] std::shared_ptr<LogSink> metered_log(std::shared_ptr<LogSink> inner,
                                                   std::function<Duration()> monotonic = {});

}  // namespace cloche
