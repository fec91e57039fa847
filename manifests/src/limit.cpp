#include <cloche/limit.h>

namespace cloche {

std::string_view to_string(Limit limit) noexcept {
  switch (limit) {
    case Limit::heap: return "heap";
    case Limit::external: return "external";
    case Limit::cpu_per_call: return "cpu_per_call";
    case Limit::wall_per_call: return "wall_per_call";
    case Limit::timers: return "timers";
    case Limit::pending: return "pending";
    case Limit::mailbox: return "mailbox";
    case Limit::message: return "message";
    case Limit::host_calls_per_second: return "host_calls_per_second";
    case Limit::log_per_second: return "log_per_second";
    case Limit::storage: return "storage";
  }
  return {};
}

}  // namespace cloche
