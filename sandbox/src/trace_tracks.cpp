#include "trace_tracks.h"

#include <algorithm>

namespace cloche {
namespace {

// One track while events are put on it: the ends of those that are open, outermost first.
class Lane {
 public:
  /// Puts the event on the track, if it lies beside or inside those that are there.
  bool take(const Span& time) {
    while (!open_.empty() && open_.back() <= time.begin) open_.pop_back();
    if (!open_.empty() && open_.back() < time.end()) return false;
    open_.push_back(time.end());
    return true;
  }

 private:
  std::vector<std::chrono::steady_clock::time_point> open_;
};

// The first track of the plugin's that has room.
std::size_t place(std::vector<Lane>& lanes, const Span& time) {
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i].take(time)) return i;
  }
  lanes.emplace_back().take(time);
  return lanes.size() - 1;
}

std::vector<const TraceEvent*> in_order(const std::vector<TraceEvent>& events) {
  std::vector<const TraceEvent*> ordered;
  ordered.reserve(events.size());
  for (const TraceEvent& event : events) ordered.push_back(&event);
  // Of two that begin together the longer one is outside.
  std::ranges::stable_sort(ordered, [](const TraceEvent* a, const TraceEvent* b) {
    return a->time.begin != b->time.begin ? a->time.begin < b->time.begin : a->time.length > b->time.length;
  });
  return ordered;
}

}  // namespace

std::string_view TraceEvent::category() const noexcept {
  switch (kind) {
    case Kind::slice: return "slice";
    case Kind::call: return "call";
    case Kind::away: return "away";
    case Kind::instant: return "event";
  }
  return {};
}

std::string TraceEvent::detail_name() const {
  switch (kind) {
    case Kind::slice: return "end";
    case Kind::call: return "error";
    default: return "message";
  }
}

TraceTracks lay_out(const std::vector<TraceEvent>& events, std::uint64_t first_plugin_track) {
  TraceTracks tracks;
  const auto ordered = in_order(events);
  // Where each event goes: a plugin, and which of its lanes.
  std::map<std::string, std::vector<Lane>> plugins;
  std::vector<std::size_t> lane_of;
  lane_of.reserve(ordered.size());
  for (const TraceEvent* event : ordered) {
    const bool slice = event->kind == TraceEvent::Kind::slice;
    lane_of.push_back(slice ? 0 : place(plugins[event->plugin], event->time));
  }
  // A plugin's tracks stand together.
  std::map<std::string, std::uint64_t> first_of;
  std::uint64_t next = first_plugin_track;
  for (const auto& [plugin, lanes] : plugins) {
    first_of[plugin] = next;
    for (std::size_t i = 0; i < lanes.size(); ++i, ++next) {
      tracks.names[next] = i == 0 ? plugin : plugin + " (" + std::to_string(i + 1) + ")";
    }
  }
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const TraceEvent* event = ordered[i];
    std::uint64_t track = event->worker + 1;
    if (event->kind == TraceEvent::Kind::slice) {
      tracks.names[track] = "worker " + std::to_string(track);
    } else {
      track = first_of[event->plugin] + lane_of[i];
    }
    tracks.events.emplace_back(track, event);
  }
  return tracks;
}

}  // namespace cloche
