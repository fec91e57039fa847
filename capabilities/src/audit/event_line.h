#pragma once

#include <chrono>
#include <cloche/audit.h>
#include <cstdint>
#include <string>

namespace cloche::audit {

/// `event` as one line of JSON with its newline, in ASCII: whatever could deceive a terminal is a \u escape, and what is
/// no UTF-8 is U+FFFD.
[[nodiscard]] std::string event_line(const AuditEvent& event);

/// The line that stands for `count` events that were dropped.
[[nodiscard]] std::string dropped_line(std::chrono::system_clock::time_point time, std::uint64_t count);

}  // namespace cloche::audit
