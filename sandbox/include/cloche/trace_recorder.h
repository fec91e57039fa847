#pragma once

#include <cloche/observer.h>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>

namespace cloche {

/// Records what plugins do and writes it in the Trace Event Format (JSON), which Perfetto and chrome://tracing
/// open: a track for each worker with the slices that ran there, and for each plugin one with its calls, the
/// breaks in them, its crashes and the limits it ran into; more than one where calls overlap.
///
/// Give it to a Host as its Observer, or forward to it. Every function may be called from any thread.
class TraceRecorder final : public Observer {
 public:
  /// Keeps the latest `capacity` events, at least one; older ones are dropped and counted.
  explicit TraceRecorder(std::size_t capacity = 100'000);
  ~TraceRecorder() override;

  /// Writes what it holds, as one JSON document; recording may go on meanwhile. Times are in microseconds
  /// since the recorder was made. Check `out` for errors.
  void write(std::ostream& out) const;
  /// How many events were dropped so far.
  [[nodiscard]] std::uint64_t dropped() const;

  void call_ended(const PluginInfo& plugin, const CallEvent& call, const Error* error) override;
  void slice(const PluginInfo& plugin, const Span& span, SliceEnd end) override;
  void resumed(const PluginInfo& plugin, const Span& away, SliceEnd why) override;
  void limit_hit(const PluginInfo& plugin, Limit limit) override;
  void crashed(const PluginInfo& plugin, const Error& error) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloche
