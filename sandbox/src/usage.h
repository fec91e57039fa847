#pragma once

#include "counter.h"
#include "loop/clock.h"

#include <array>
#include <cloche/call.h>
#include <cloche/observer.h>
#include <cloche/statistics.h>
#include <memory>
#include <optional>
#include <string_view>

namespace cloche {

/// What one plugin uses: counted here, and told to the observer, if there is one. The counters are written
/// by the thread that runs the plugin, the shared ones and `hit` by any; all are read by any.
class Usage final : public UseWatch, public std::enable_shared_from_this<Usage> {
 public:
  /// `observer` may be null.
  Usage(PluginInfo plugin, std::uint64_t instance, std::shared_ptr<Observer> observer);

  /// What is used for nobody in particular is counted here, and looked at by nobody.
  [[nodiscard]] static Usage& nobodys() noexcept;

  Counter answered;  ///< calls that ended well
  Counter cpu;       ///< nanoseconds, here and below
  Counter inside;
  Counter parked;
  Counter preempted;
  Counter stays;
  Counter preemptions;
  Counter host_calls;
  Counter rejections;
  Counter crashes;
  SharedCounter restarts;
  Counter heap;  ///< bytes, at last sight
  Counter timers;
  Counter pending;

  /// Whether somebody watches: then every stay is timed.
  [[nodiscard]] bool observed() const noexcept { return observer_ != nullptr; }

  /// Something ran into a limit. Any thread.
  void hit(Limit limit);
  /// What ran was ended for this reason, which is a limit's or not.
  void stopped(Errc reason);

  void call_started(const CallEvent& call);
  /// `error` is null for a good answer.
  void call_ended(const CallEvent& call, const Error* error);
  void call_failed(const Error& error) { errors_[static_cast<std::size_t>(error.code())].add(); }
  [[nodiscard]] std::uint64_t next_call() noexcept { return ++last_call_; }

  /// The plugin ran for this long, and stopped running because of `end`.
  void ran(const Span& span, SliceEnd end);
  /// It goes on after it was away for this long because of `end`.
  void resumes(const Span& away, SliceEnd end);

  /// All of it but what the instance itself knows: `external` and `mailbox`.
  [[nodiscard]] Statistics statistics() const;

 private:
  void limit_hit(Limit limit) override { hit(limit); }
  void logged(ByteCount kept, ByteCount dropped) override;

  const PluginInfo plugin_;
  const std::uint64_t instance_;
  const std::shared_ptr<Observer> observer_;
  std::array<SharedCounter, kErrcCount> errors_;
  std::array<SharedCounter, kLimitCount> hits_;
  SharedCounter log_bytes_;
  SharedCounter log_dropped_;
  std::atomic<std::uint64_t> last_call_{0};
};

}  // namespace cloche
