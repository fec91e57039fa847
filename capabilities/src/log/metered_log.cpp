#include <algorithm>
#include <chrono>
#include <cloche/log_sink.h>
#include <map>
#include <mutex>

namespace cloche {
namespace {

Duration system_monotonic() { return std::chrono::steady_clock::now().time_since_epoch(); }

// `text` up to `limit` bytes, between code points.
std::string_view cut(std::string_view text, std::uint64_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

class MeteredLog final : public LogSink {
 public:
  MeteredLog(std::shared_ptr<LogSink> inner, std::function<Duration()> monotonic)
      : inner_(std::move(inner)), monotonic_(std::move(monotonic)) {}

  void write(const PluginInfo& plugin, LogLevel level, std::string_view text) override {
    const Decision decision = decide(plugin, text);
    if (plugin.watch) plugin.watch->logged(decision.kept.size(), text.size() - decision.kept.size());
    if (decision.lost_before != 0) tell(plugin, decision.lost_before);
    if (decision.refused) return;
    if (decision.kept.size() == text.size()) return inner_->write(plugin, level, text);
    inner_->write(plugin, level, std::string(decision.kept) + "\u2026");
  }

 private:
  struct Budget {
    Duration second = {};  // when the current second began
    std::uint64_t used = 0;
    std::uint64_t lost = 0;  // bytes
  };
  struct Decision {
    std::uint64_t lost_before = 0;
    std::string_view kept;
    bool refused = false;
  };

  Decision decide(const PluginInfo& plugin, std::string_view text) {
    const Duration now = monotonic_();
    const std::scoped_lock lock(mutex_);
    Budget& budget = budgets_.try_emplace(plugin.id, Budget{now, 0, 0}).first->second;
    Decision decision;
    if (now - budget.second >= std::chrono::seconds(1)) {
      decision.lost_before = budget.lost;
      budget = Budget{now, 0, 0};
    }
    const std::uint64_t left =
        plugin.limits.log_per_second - std::min(budget.used, plugin.limits.log_per_second);
    decision.kept = cut(text, left);
    decision.refused = left == 0;
    budget.lost += text.size() - decision.kept.size();
    // Every line costs something, so that a flood of empty ones is a flood too.
    budget.used += decision.kept.size() == text.size() ? text.size() + 1 : left;
    return decision;
  }

  void tell(const PluginInfo& plugin, std::uint64_t lost) {
    inner_->write(plugin, LogLevel::warn,
                  std::to_string(lost) + " bytes of log were dropped: the plugin may write " +
                      std::to_string(plugin.limits.log_per_second) + " a second");
  }

  std::shared_ptr<LogSink> inner_;
  std::function<Duration()> monotonic_;
  std::mutex mutex_;
  std::map<std::string, Budget> budgets_;
};

}  // namespace

std::shared_ptr<LogSink> metered_log(std::shared_ptr<LogSink> inner, std::function<Duration()> monotonic) {
  if (std::dynamic_pointer_cast<MeteredLog>(inner)) return inner;
  if (!monotonic) monotonic = system_monotonic;
  return std::make_shared<MeteredLog>(std::move(inner), std::move(monotonic));
}

}  // namespace cloche
