#include "exit_code.h"

namespace cloche::cli {

ExitCode exit_code(Errc code) noexcept {
  switch (code) {
    case Errc::manifest_invalid:
    case Errc::policy_invalid:
    case Errc::source_invalid:
    case Errc::module_not_found: return ExitCode::invalid;
    case Errc::not_capable: return ExitCode::not_capable;
    case Errc::threw: return ExitCode::threw;
    case Errc::cpu_limit:
    case Errc::wall_limit:
    case Errc::heap_limit:
    case Errc::size_limit:
    case Errc::mailbox_limit:
    case Errc::external_limit:
    case Errc::timer_limit:
    case Errc::pending_limit:
    case Errc::rate_limit:
    case Errc::quota: return ExitCode::limit;
    case Errc::crashed: return ExitCode::crashed;
    case Errc::invalid_argument:
    case Errc::cancelled:
    case Errc::unloaded:
    case Errc::no_such_export:
    case Errc::not_supported:
    case Errc::io:
    case Errc::internal: return ExitCode::other;
  }
  return ExitCode::other;
}

}  // namespace cloche::cli
