#include <cloche/trace_recorder.h>

#include "trace_tracks.h"

#include <algorithm>
#include <cloche/json.h>
#include <deque>
#include <map>
#include <mutex>
#include <ostream>
#include <thread>
#include <utility>

namespace cloche {
namespace {

constexpr int kProcess = 1;

std::string_view to_text(SliceEnd end) noexcept {
  switch (end) {
    case SliceEnd::finished: return "finished";
    case SliceEnd::parked: return "parked";
    case SliceEnd::preempted: return "preempted";
  }
  return {};
}

// Workers and plugins are told apart by their tracks' numbers: a worker's are below, a plugin's from here on.
constexpr std::uint64_t kFirstPluginTrack = 1000;

Object event(std::string_view phase, std::string_view name, std::uint64_t track) {
  return {{"ph", phase},
          {"name", name},
          {"pid", static_cast<double>(kProcess)},
          {"tid", static_cast<double>(track)}};
}

double microseconds(Duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

/// Writes events into the document's array.
class Document {
 public:
  explicit Document(std::ostream& out) : out_(out) { out_ << "{\"traceEvents\":["; }

  void add(Object object) {
    // The values are texts and numbers: there is nothing JSON has no word for.
    out_ << (first_ ? "\n" : ",\n") << to_json(Value(std::move(object))).value();
    first_ = false;
  }
  void name_process(std::string_view name) {
    Object object = event("M", "process_name", 0);
    object.emplace_back("args", Object{{"name", name}});
    add(std::move(object));
  }
  void name_track(std::uint64_t track, const std::string& name) {
    Object object = event("M", "thread_name", track);
    object.emplace_back("args", Object{{"name", name}});
    add(std::move(object));
    object = event("M", "thread_sort_index", track);
    object.emplace_back("args", Object{{"sort_index", static_cast<double>(track)}});
    add(std::move(object));
  }
  void end(std::uint64_t dropped) {
    out_ << "\n],\"displayTimeUnit\":\"ms\",\"otherData\":{\"dropped_events\":\"" << dropped << "\"}}\n";
  }

 private:
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace

class TraceRecorder::Impl {
 public:
  explicit Impl(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

  void add(TraceEvent event) {
    const std::scoped_lock lock(mutex_);
    if (event.kind == TraceEvent::Kind::slice) event.worker = worker_of(std::this_thread::get_id());
    event.time.begin -= start_.time_since_epoch();
    if (events_.size() == capacity_) {
      events_.pop_front();
      ++dropped_;
    }
    events_.push_back(std::move(event));
  }

  [[nodiscard]] std::uint64_t dropped() const {
    const std::scoped_lock lock(mutex_);
    return dropped_;
  }

  void write(std::ostream& out) const;

 private:
  // Numbered in the order in which they were first seen.
  unsigned worker_of(std::thread::id thread) {
    return workers_.try_emplace(thread, static_cast<unsigned>(workers_.size())).first->second;
  }

  const std::size_t capacity_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::deque<TraceEvent> events_;
  std::uint64_t dropped_ = 0;
  std::map<std::thread::id, unsigned> workers_;
};

namespace {

void write_event(Document& document, const TraceEvent& event_to_write, std::uint64_t track) {
  const bool instant = event_to_write.kind == TraceEvent::Kind::instant;
  Object object = event(instant ? "i" : "X", event_to_write.name, track);
  object.emplace_back("cat", event_to_write.category());
  object.emplace_back("ts", microseconds(event_to_write.time.begin.time_since_epoch()));
  if (instant) {
    object.emplace_back("s", "t");
  } else {
    object.emplace_back("dur", microseconds(event_to_write.time.length));
  }
  if (!event_to_write.detail.empty()) {
    object.emplace_back("args", Object{{event_to_write.detail_name(), event_to_write.detail}});
  }
  document.add(std::move(object));
}

}  // namespace

void TraceRecorder::Impl::write(std::ostream& out) const {
  std::vector<TraceEvent> events;
  std::uint64_t dropped = 0;
  {
    const std::scoped_lock lock(mutex_);
    events.assign(events_.begin(), events_.end());
    dropped = dropped_;
  }
  Document document(out);
  document.name_process("cloche");
  const TraceTracks tracks = lay_out(events, kFirstPluginTrack);
  for (const auto& [track, name] : tracks.names) document.name_track(track, name);
  for (const auto& [track, placed] : tracks.events) write_event(document, *placed, track);
  document.end(dropped);
}

TraceRecorder::TraceRecorder(std::size_t capacity) : impl_(std::make_unique<Impl>(capacity)) {}
TraceRecorder::~TraceRecorder() = default;

void TraceRecorder::write(std::ostream& out) const { impl_->write(out); }
std::uint64_t TraceRecorder::dropped() const { return impl_->dropped(); }

void TraceRecorder::call_ended(const PluginInfo& plugin, const CallEvent& call, const Error* error) {
  std::string name = call.target.empty() ? "(anonymous)" : std::string(call.target);
  impl_->add({TraceEvent::Kind::call, plugin.id, std::move(name), call.time,
              error == nullptr ? std::string() : std::string(to_string(error->code()))});
}

void TraceRecorder::slice(const PluginInfo& plugin, const Span& span, SliceEnd end) {
  impl_->add({TraceEvent::Kind::slice, plugin.id, plugin.id, span, std::string(to_text(end))});
}

void TraceRecorder::resumed(const PluginInfo& plugin, const Span& away, SliceEnd why) {
  impl_->add({TraceEvent::Kind::away, plugin.id, std::string(to_text(why)), away, {}});
}

void TraceRecorder::limit_hit(const PluginInfo& plugin, Limit limit) {
  impl_->add({TraceEvent::Kind::instant,
              plugin.id,
              "limit " + std::string(to_string(limit)),
              {std::chrono::steady_clock::now(), {}},
              {}});
}

void TraceRecorder::crashed(const PluginInfo& plugin, const Error& error) {
  impl_->add({TraceEvent::Kind::instant,
              plugin.id,
              "crashed",
              {std::chrono::steady_clock::now(), {}},
              error.message()});
}

}  // namespace cloche
