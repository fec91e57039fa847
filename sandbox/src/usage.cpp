#include "usage.h"

#include <numeric>
#include <utility>

namespace cloche {
namespace {

std::optional<Limit> limit_of(Errc reason) noexcept {
  switch (reason) {
    case Errc::cpu_limit: return Limit::cpu_per_call;
    case Errc::wall_limit: return Limit::wall_per_call;
    case Errc::heap_limit: return Limit::heap;
    default: return std::nullopt;
  }
}

template <std::size_t n>
std::array<std::uint64_t, n> values_of(const std::array<SharedCounter, n>& counters) {
  std::array<std::uint64_t, n> values{};
  for (std::size_t i = 0; i < n; ++i) values[i] = counters[i].get();
  return values;
}

}  // namespace

Usage::Usage(PluginInfo plugin, std::uint64_t instance, std::shared_ptr<Observer> observer)
    : plugin_(std::move(plugin)), instance_(instance), observer_(std::move(observer)) {}

Usage& Usage::nobodys() noexcept {
  static Usage nobodys({}, 0, nullptr);
  return nobodys;
}

void Usage::hit(Limit limit) {
  hits_[static_cast<std::size_t>(limit)].add();
  if (observer_) observer_->limit_hit(plugin_, limit);
}

void Usage::stopped(Errc reason) {
  if (const auto limit = limit_of(reason)) hit(*limit);
}

void Usage::call_started(const CallEvent& call) {
  if (observer_) observer_->call_started(plugin_, call);
}

void Usage::call_ended(const CallEvent& call, const Error* error) {
  if (observer_) observer_->call_ended(plugin_, call, error);
}

void Usage::ran(const Span& span, SliceEnd end) {
  if (end == SliceEnd::preempted) preemptions.add();
  if (observer_) observer_->slice(plugin_, span, end);
}

void Usage::resumes(const Span& away, SliceEnd end) {
  const auto length = static_cast<std::uint64_t>(away.length.count());
  (end == SliceEnd::preempted ? preempted : parked).add(length);
  if (observer_) observer_->resumed(plugin_, away, end);
}

void Usage::logged(ByteCount kept, ByteCount dropped) {
  log_bytes_.add(kept);
  if (dropped == 0) return;
  log_dropped_.add(dropped);
  hit(Limit::log_per_second);
}

Statistics Usage::statistics() const {
  const auto time = [](const Counter& counter) {
    return Duration(static_cast<Duration::rep>(counter.get()));
  };
  Statistics all;
  all.plugin = plugin_.id;
  all.name = plugin_.name;
  all.version = plugin_.version;
  all.instance = instance_;
  all.errors_by_code = values_of(errors_);
  all.hits_by_limit = values_of(hits_);
  all.errors = std::accumulate(all.errors_by_code.begin(), all.errors_by_code.end(), std::uint64_t{0});
  all.calls = answered.get() + all.errors;
  all.cpu = time(cpu);
  all.inside = time(inside);
  all.parked = time(parked);
  all.preempted = time(preempted);
  all.stays = stays.get();
  all.preemptions = preemptions.get();
  all.host_calls = host_calls.get();
  all.rejections = rejections.get();
  all.crashes = crashes.get();
  all.restarts = restarts.get();
  all.heap = {heap.get(), plugin_.limits.heap};
  all.external.limit = plugin_.limits.external;
  all.mailbox.limit = plugin_.limits.mailbox;
  all.timers = {timers.get(), plugin_.limits.timers};
  all.pending = {pending.get(), plugin_.limits.pending};
  all.log_bytes = log_bytes_.get();
  all.log_dropped = log_dropped_.get();
  return all;
}

}  // namespace cloche
