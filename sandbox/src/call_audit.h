#pragma once

#include <chrono>
#include <cloche/audit.h>
#include <cloche/bindings.h>
#include <cloche/call.h>

namespace cloche {

/// What the audit is told of one call of a host function.
class CallAudit {
 public:
  CallAudit(AuditSink& sink, const BoundFunction& bound) noexcept : sink_(sink), bound_(bound) {}
  CallAudit(const CallAudit&) = delete;
  CallAudit& operator=(const CallAudit&) = delete;

  /// Keeps what the call tells of itself; it must not outlive this.
  void listen(Call& call) noexcept { call.keep_notes(&notes_); }

  /// It ended, with this error, if any.
  void end(const Error* error) const noexcept;

 private:
  AuditSink& sink_;
  const BoundFunction& bound_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  Call::Notes notes_;
};

}  // namespace cloche
