#include "least_privilege.h"

#include <cloche/text.h>
#include <cloche/value.h>
#include <utility>

namespace cloche::cli {
namespace {

using Kind = AuditEvent::Kind;

// A plugin that tries ever new things must not fill the memory.
constexpr std::size_t kMostAttempts = 1000;

}  // namespace

bool LeastPrivilege::wants(Kind kind) const noexcept {
  return kind == Kind::allow || kind == Kind::deny || (next_ && next_->wants(kind));
}

void LeastPrivilege::record(const AuditEvent& event) noexcept {
  if (next_ && next_->wants(event.kind)) next_->record(event);
  if (event.kind != Kind::allow && event.kind != Kind::deny) return;
  const std::scoped_lock lock(mutex_);
  Record& record = records_[std::string(event.plugin)];
  if (event.kind == Kind::allow) {
    ++record.used[std::string(event.capability)];
  } else if (record.denied.size() < kMostAttempts) {
    ++record.denied[{std::string(event.capability), std::string(event.function), std::string(event.subject)}];
  }
}

LeastPrivilege::Record LeastPrivilege::record_of(const std::string& plugin) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(plugin);
  return found == records_.end() ? Record() : found->second;
}

ExitCode LeastPrivilege::tell(const std::vector<Plugin>& plugins, const Report& report) const {
  Array documents;
  std::string text;
  for (const Plugin& plugin : plugins) {
    const std::string id = plugin.info().id;
    const Record record = record_of(id);
    Array unused;
    Array denied;
    for (const Grant& grant : plugin.grants().granted) {
      if (record.used.contains(grant.capability)) continue;
      unused.emplace_back(grant.capability);
      text += id + ": " + grant.capability + " was granted and not used\n";
    }
    for (const auto& [attempt, times] : record.denied) {
      denied.push_back(Object{{"capability", attempt.capability},
                              {"function", attempt.function},
                              {"subject", attempt.subject},
                              {"times", static_cast<double>(times)}});
      text += id + ": " + attempt.function + " of " + attempt.capability + " was denied" +
              (attempt.subject.empty() ? "" : " for '" + escape_controls(attempt.subject) + "'") + ", " +
              std::to_string(times) + (times == 1 ? " time\n" : " times\n");
    }
    if (unused.empty() && denied.empty()) text += id + ": used all that it was granted, and tried no more\n";
    documents.push_back(Object{{"plugin", id}, {"unused", std::move(unused)}, {"denied", std::move(denied)}});
  }
  return report.tell(Object{{"least_privilege", std::move(documents)}}, text);
}

}  // namespace cloche::cli
