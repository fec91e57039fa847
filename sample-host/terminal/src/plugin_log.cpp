#include "plugin_log.h"

#include <mutex>
#include <ostream>

namespace workbench::terminal {
namespace {

constexpr std::size_t kWidth = 120;

class PluginLog final : public cloche::LogSink {
 public:
  PluginLog(std::ostream& out, Style style) : out_(out), style_(style) {}

  void write(const cloche::PluginInfo& plugin, cloche::LogLevel level, std::string_view text) override {
    const bool wrong = level == cloche::LogLevel::warn || level == cloche::LogLevel::error;
    const std::string line = "      " + style_(Look::faint, shortened(plugin.name, 30) + ": ") +
                             style_(wrong ? Look::notable : Look::plain, shortened(text, kWidth)) + "\n";
    const std::scoped_lock lock(mutex_);
    out_ << line << std::flush;
  }

 private:
  std::ostream& out_;
  Style style_;
  std::mutex mutex_;
};

}  // namespace

std::shared_ptr<cloche::LogSink> make_plugin_log(std::ostream& out, Style style) {
  return std::make_shared<PluginLog>(out, style);
}

}  // namespace workbench::terminal
