#pragma once

#include <cloche/observer.h>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

/// Something that happened, as it is kept for a trace.
struct TraceEvent {
  enum class Kind : std::uint8_t { slice, call, away, instant };
  Kind kind = Kind::slice;
  std::string plugin;
  std::string name;
  Span time;            ///< of an instant, the beginning alone
  std::string detail;   ///< how a slice ended, a call's error, what happened; or nothing
  unsigned worker = 0;  ///< of a slice

  [[nodiscard]] std::string_view category() const noexcept;
  [[nodiscard]] std::string detail_name() const;
};

/// Where each event stands in a trace: events of one track lie beside or inside each other, as the format
/// wants it.
struct TraceTracks {
  std::map<std::uint64_t, std::string> names;
  std::vector<std::pair<std::uint64_t, const TraceEvent*>> events;  ///< in the order of time
};

/// Gives slices a track for each worker, from 1 on, and what else there is one for each plugin or, where its
/// calls overlap, several, from `first_plugin_track` on. `events` must outlive the answer.
[[nodiscard]] TraceTracks lay_out(const std::vector<TraceEvent>& events, std::uint64_t first_plugin_track);

}  // namespace cloche
