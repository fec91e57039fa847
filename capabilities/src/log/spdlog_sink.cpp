#include <cloche/log_sink.h>
#include <cloche/text.h>
#include <map>
#include <mutex>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace cloche {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

class SpdlogSink final : public LogSink {
 public:
  explicit SpdlogSink(spdlog::sink_ptr sink) : sink_(std::move(sink)) {}

  void write(const PluginInfo& plugin, LogLevel level, std::string_view text) override {
    logger(plugin.id).log(level_of(level), "{}", escape_controls(text));
  }

 private:
  // Loggers are kept for good: a reference to one stays valid without the lock.
  spdlog::logger& logger(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<spdlog::logger>& logger = loggers_[id];
    if (!logger) {
      logger = std::make_unique<spdlog::logger>(escape_controls(id), sink_);
      logger->set_level(spdlog::level::trace);
    }
    return *logger;
  }

  spdlog::sink_ptr sink_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<spdlog::logger>> loggers_;
};

}  // namespace

std::shared_ptr<LogSink> spdlog_sink() {
  return std::make_shared<SpdlogSink>(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
}

std::shared_ptr<LogSink> spdlog_sink(std::ostream& out) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true);
  sink->set_pattern("[%n] [%l] %v");
  return std::make_shared<SpdlogSink>(std::move(sink));
}

}  // namespace cloche
