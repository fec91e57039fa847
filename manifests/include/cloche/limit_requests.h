#pragma once

#include <cloche/limits.h>
#include <optional>

namespace cloche {

/// What one layer says about Limits; the fields mean what they mean there, and an empty one says nothing.
struct LimitRequests {
  std::optional<ByteCount> heap;
  std::optional<ByteCount> external;
  std::optional<Duration> cpu_per_call;
  std::optional<Duration> wall_per_call;
  std::optional<ByteCount> stack;
  std::optional<std::uint64_t> timers;
  std::optional<std::uint64_t> pending;
  std::optional<std::uint64_t> mailbox;
  std::optional<ByteCount> message;
  std::optional<std::uint64_t> host_calls_per_second;
  std::optional<ByteCount> log_per_second;
  std::optional<ByteCount> storage;
};

/// Calls `visit(name, member of LimitRequests, member of Limits)` for every limit; `name` is the field's in
/// YAML.
template <class Visit>
constexpr void each_limit(Visit visit) {
  visit("heap", &LimitRequests::heap, &Limits::heap);
  visit("external", &LimitRequests::external, &Limits::external);
  visit("cpu_per_call", &LimitRequests::cpu_per_call, &Limits::cpu_per_call);
  visit("wall_per_call", &LimitRequests::wall_per_call, &Limits::wall_per_call);
  visit("stack", &LimitRequests::stack, &Limits::stack);
  visit("timers", &LimitRequests::timers, &Limits::timers);
  visit("pending", &LimitRequests::pending, &Limits::pending);
  visit("mailbox", &LimitRequests::mailbox, &Limits::mailbox);
  visit("message", &LimitRequests::message, &Limits::message);
  visit("host_calls_per_second", &LimitRequests::host_calls_per_second, &Limits::host_calls_per_second);
  visit("log_per_second", &LimitRequests::log_per_second, &Limits::log_per_second);
  visit("storage", &LimitRequests::storage, &Limits::storage);
}

}  // namespace cloche
