#include <cloche/audit.h>

namespace cloche {

std::string_view to_string(AuditEvent::Kind kind) noexcept {
  switch (kind) {
    case AuditEvent::Kind::allow: return "allow";
    case AuditEvent::Kind::deny: return "deny";
    case AuditEvent::Kind::prompt: return "prompt";
    case AuditEvent::Kind::grant: return "grant";
    case AuditEvent::Kind::revoke: return "revoke";
  }
  return "deny";
}

}  // namespace cloche
