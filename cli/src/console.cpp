#include "console.h"

#include <algorithm>
#include <cloche/text.h>
#include <iostream>
#include <mutex>
#include <string>

namespace cloche::cli {
namespace {

class Console final : public LogSink {
 public:
  explicit Console(ConsoleOptions options) noexcept : options_(options) {}

  void write(const PluginInfo& plugin, LogLevel level, std::string_view text) override {
    const std::string start = options_.named ? escape_controls(plugin.id) + ": " : std::string();
    std::string lines;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines += start + escape_controls(text.substr(at, end - at)) + '\n';
      at = end + 1;
    }
    const bool wrong = level == LogLevel::warn || level == LogLevel::error;
    const std::scoped_lock lock(mutex_);
    (options_.all_on_stderr || wrong ? std::cerr : std::cout) << lines << std::flush;
  }

 private:
  ConsoleOptions options_;
  std::mutex mutex_;
};

}  // namespace

std::shared_ptr<LogSink> make_console(ConsoleOptions options) { return std::make_shared<Console>(options); }

}  // namespace cloche::cli
