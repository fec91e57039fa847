#include "call_audit.h"

namespace cloche {

void CallAudit::end(const Error* error) const noexcept {
  using Kind = AuditEvent::Kind;
  const Kind kind = error != nullptr && error->code() == Errc::not_capable ? Kind::deny : Kind::allow;
  if (!sink_.wants(kind)) return;
  AuditEvent event;
  event.kind = kind;
  event.time = std::chrono::system_clock::now();
  event.plugin = bound_.plugin->id;
  event.version = bound_.plugin->version;
  event.capability = bound_.holding->capability();
  event.function = bound_.function->info.name;
  event.subject = notes_.subject;
  event.rule = notes_.rule;
  event.duration = std::chrono::steady_clock::now() - begin_;
  if (error != nullptr) event.outcome = error->code();
  sink_.record(event);
}

}  // namespace cloche
