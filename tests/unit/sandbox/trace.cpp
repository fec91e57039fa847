// Watching: what an Observer is told, and the trace that is made of it.
#include "support.h"

#include <algorithm>
#include <atomic>
#include <cloche/trace_recorder.h>
#include <set>
#include <sstream>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

Registry helpers() {
  Registry registry;
  define_waits(registry);
  return registry;
}

constexpr const char* kSource = R"(
  import * as t from 'cap:t';
  export const one = () => 1;
  export const fail = () => { throw new Error("x") };
  export const nap = () => t.nap(2);
  export const later = () => t.later(2);
  export const spin = () => { for (;;) {} };
  export const timers = () => { try { for (;;) setTimeout(() => {}, 1e6) } catch {} };
)";

Package package(const std::string& id) {
  Package package = module(kSource, {"t"}, "limits: {timers: 3, cpu_per_call: 60s, wall_per_call: 120s}\n");
  package.id = id;
  return package;
}

Host make_host(unsigned workers, std::shared_ptr<Observer> observer) {
  return Host::create({.registry = helpers(),
                       .policy = Policy::grant_all(),
                       .workers = workers,
                       .observer = std::move(observer)})
      .value();
}

Plugin load(Host& host, const std::string& id) {
  const Package made = package(id);
  return host.load(manifest_of(made), std::make_shared<MemoryFiles>(made.files)).value();
}

/// Checks the order of what it is told.
class Witness final : public Observer {
 public:
  Events events;

  void call_started(const PluginInfo&, const CallEvent& call) override {
    events.add("start " + std::to_string(call.id) + " " + std::string(call.target));
  }
  void call_ended(const PluginInfo&, const CallEvent& call, const Error* error) override {
    CHECK(call.time.length >= 0ns);
    events.add("end " + std::to_string(call.id) +
               (error == nullptr ? "" : " " + std::string(to_string(error->code()))));
  }
  void slice(const PluginInfo&, const Span& span, SliceEnd end) override {
    CHECK(span.begin >= last_);
    CHECK(span.length >= 0ns);
    last_ = span.end();
    events.add(end == SliceEnd::finished ? "finished" : end == SliceEnd::parked ? "parked" : "preempted");
  }
  void resumed(const PluginInfo&, const Span& away, SliceEnd why) override {
    CHECK(away.begin == last_);
    last_ = away.end();
    events.add(why == SliceEnd::parked ? "resumed" : "goes on");
  }
  void limit_hit(const PluginInfo&, Limit limit) override {
    events.add("hit " + std::string(to_string(limit)));
  }

 private:
  std::chrono::steady_clock::time_point last_{};  // of the one plugin's
};

/// A trace, parsed, with its events by track.
struct Trace {
  explicit Trace(const TraceRecorder& recorder) {
    std::ostringstream out;
    recorder.write(out);
    document = parse_json(out.str()).value();
    for (const Value& event : *get(document, "traceEvents").as<Array>()) events.push_back(event);
  }

  static const Value& get(const Value& object, std::string_view key) {
    for (const auto& [name, value] : *object.as<Object>()) {
      if (name == key) return value;
    }
    FAIL("no property " << std::string(key));
    return object;
  }
  static std::string text(const Value& object, std::string_view key) {
    return *get(object, key).as<std::string>();
  }
  static double number(const Value& object, std::string_view key) { return *get(object, key).as<double>(); }

  [[nodiscard]] std::vector<Value> of(std::string_view category, std::string_view name = {}) const {
    std::vector<Value> found;
    for (const Value& event : events) {
      if (text(event, "ph") == "M" || text(event, "cat") != category) continue;
      if (name.empty() || text(event, "name") == name) found.push_back(event);
    }
    return found;
  }
  [[nodiscard]] std::string track_name(double track) const {
    for (const Value& event : events) {
      if (text(event, "ph") == "M" && text(event, "name") == "thread_name" && number(event, "tid") == track)
        return text(get(event, "args"), "name");
    }
    return {};
  }

  Value document;
  std::vector<Value> events;
};

// Complete events of one track lie beside or inside each other; every track is named.
void check_nested(const Trace& trace) {
  std::map<double, std::vector<std::pair<double, double>>> tracks;
  for (const Value& event : trace.events) {
    CHECK(Trace::number(event, "pid") == 1);
    const double track = Trace::number(event, "tid");
    if (Trace::text(event, "ph") != "M") CHECK_FALSE(trace.track_name(track).empty());
    if (Trace::text(event, "ph") != "X") continue;
    const double begin = Trace::number(event, "ts");
    tracks[track].emplace_back(begin, begin + Trace::number(event, "dur"));
  }
  constexpr double kRounding = 0.0005;  // nanoseconds as microseconds
  for (const auto& [track, spans] : tracks) {
    for (std::size_t i = 0; i < spans.size(); ++i) {
      for (std::size_t j = i + 1; j < spans.size(); ++j) {
        const auto& [a, a_end] = spans[i];
        const auto& [b, b_end] = spans[j];
        const bool beside = a_end <= b + kRounding || b_end <= a + kRounding;
        const bool inside = (a <= b + kRounding && b_end <= a_end + kRounding) ||
                            (b <= a + kRounding && a_end <= b_end + kRounding);
        CAPTURE(a);
        CAPTURE(a_end);
        CAPTURE(b);
        CAPTURE(b_end);
        CHECK((beside || inside));
      }
    }
  }
}

}  // namespace

TEST_CASE("an observer is told of calls, slices, breaks and limits, each once and in order") {
  auto witness = std::make_shared<Witness>();
  {
    Host host = make_host(each_thread().workers, witness);
    Plugin plugin = load(host, "com.example.one");
    const std::size_t before = witness->events.all().size();
    CHECK(ask<int>(plugin, "one") == 1);
    CHECK(ask_error(plugin, "fail").code() == Errc::threw);
    CHECK(plugin.call<void>("nap").get().has_value());
    CHECK(plugin.call<void>("timers").get().has_value());
    CHECK(plugin.unload().get().has_value());
    std::vector<std::string> all = witness->events.all();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    const auto at = [&](std::string_view event) { return std::ranges::find(all, event) - all.begin(); };
    const auto count = [&](std::string_view event) { return std::ranges::count(all, event); };
    for (const char* event : {"start 1 one", "end 1", "start 2 fail", "end 2 threw", "start 3 nap", "end 3",
                              "start 4 timers", "end 4", "parked", "resumed", "hit timers"}) {
      CAPTURE(event);
      CHECK(count(event) == 1);
    }
    CHECK(at("start 1 one") < at("end 1"));
    CHECK(at("start 3 nap") < at("parked"));
    CHECK(at("parked") < at("resumed"));
    CHECK(at("resumed") < at("end 3"));
  }
}

TEST_CASE("a call that is refused, dropped or cut off ends once for its observer too") {
  auto witness = std::make_shared<Witness>();
  Host host = make_host(1, witness);
  Plugin plugin = load(host, "com.example.one");
  CHECK(plugin.call_with<Value>({.wall = 5ms}, "spin").get().error().code() == Errc::wall_limit);
  auto cut = plugin.call("spin");
  auto waits = plugin.call("one");
  CHECK(plugin.unload().get().has_value());
  CHECK(cut.get().error().code() == Errc::unloaded);
  CHECK(waits.get().error().code() == Errc::unloaded);
  CHECK(ask_error(plugin, "one").code() == Errc::unloaded);
  for (const char* event : {"end 2 unloaded", "end 3 unloaded", "end 4 unloaded"})
    CHECK(witness->events.count(event) == 1);
  CHECK(plugin.statistics().calls == 4);
}

namespace {

/// Asks for everybody's figures whenever it is told of something.
class Curious final : public Observer {
 public:
  std::atomic<const Host*> host{nullptr};
  std::atomic<std::size_t> answers{0};

  void call_started(const PluginInfo&, const CallEvent&) override { ask(); }
  void call_ended(const PluginInfo&, const CallEvent&, const Error*) override { ask(); }
  void slice(const PluginInfo&, const Span&, SliceEnd) override { ask(); }
  void limit_hit(const PluginInfo&, Limit) override { ask(); }

 private:
  void ask() {
    if (const Host* its = host.load()) answers += its->statistics().size();
  }
};

}  // namespace

TEST_CASE("an observer may ask for figures whatever it is told of, calls that are refused included") {
  auto curious = std::make_shared<Curious>();
  Host host = make_host(1, curious);
  const Package made = module("export const spin = () => { for (;;) {} }; export const one = () => 1;", {},
                              "limits: {mailbox: 1, cpu_per_call: 60s, wall_per_call: 120s}\n");
  Plugin plugin = host.load(manifest_of(made), std::make_shared<MemoryFiles>(made.files)).value();
  curious->host = &host;
  auto spin = plugin.call("spin");
  std::vector<Future<Value>> more;
  for (int i = 0; i < 3; ++i) more.push_back(plugin.call("one"));
  auto outside = plugin.call_with<Value>({.when_full = WhenFull::wait}, "one");
  CHECK(more.back().get().error().code() == Errc::mailbox_limit);
  CHECK(plugin.unload().get().has_value());
  CHECK(outside.get().error().code() == Errc::unloaded);
  CHECK(ask_error(plugin, "one").code() == Errc::unloaded);
  curious->host = nullptr;
  CHECK(curious->answers > 0);
}

TEST_CASE("a trace is valid JSON whose events nest on each track") {
  auto recorder = std::make_shared<TraceRecorder>();
  {
    Host host = make_host(each_thread().workers, recorder);
    Plugin one = load(host, "com.example.one");
    Plugin two = load(host, "com.example.two");
    std::vector<Future<void>> calls;
    // Calls that overlap, on one plugin and on another.
    for (int i = 0; i < 5; ++i) {
      calls.push_back(one.call<void>("later"));
      calls.push_back(one.call<void>("nap"));
      calls.push_back(two.call<void>("nap"));
      calls.push_back(two.call<void>("one"));
    }
    for (auto& call : calls) CHECK(call.get().has_value());
    CHECK(ask_error(one, "fail").code() == Errc::threw);
    ask(one, "timers");
  }
  const Trace trace(*recorder);
  check_nested(trace);
  CHECK(trace.of("call", "nap").size() == 10);
  CHECK(trace.of("call", "later").size() == 5);
  CHECK(trace.of("away", "parked").size() >= 10);
  CHECK(trace.of("event", "limit timers").size() == 1);
  const auto failed = trace.of("call", "fail");
  REQUIRE(failed.size() == 1);
  CHECK(Trace::text(Trace::get(failed[0], "args"), "error") == "threw");
  CHECK(trace.track_name(Trace::number(failed[0], "tid")).starts_with("com.example.one"));
  for (const Value& slice : trace.of("slice"))
    CHECK(trace.track_name(Trace::number(slice, "tid")) == "worker 1");
  CHECK(recorder->dropped() == 0);
}

TEST_CASE("a plugin that is preempted shows several slices") {
  auto recorder = std::make_shared<TraceRecorder>();
  {
    Host host = make_host(1, recorder);
    Plugin one = load(host, "com.example.one");
    Plugin two = load(host, "com.example.two");
    auto first = one.call_with<Value>({.cpu = 50ms}, "spin");
    auto second = two.call_with<Value>({.cpu = 50ms}, "spin");
    CHECK(first.get().error().code() == Errc::cpu_limit);
    CHECK(second.get().error().code() == Errc::cpu_limit);
  }
  const Trace trace(*recorder);
  check_nested(trace);
  const auto slices = trace.of("slice", "com.example.one");
  const auto preempted = std::ranges::count_if(slices, [](const Value& slice) {
    return Trace::text(Trace::get(slice, "args"), "end") == "preempted";
  });
  CHECK(preempted >= 2);
  CHECK(trace.of("away", "preempted").size() >= 2);
}

TEST_CASE("a recorder keeps the latest events and counts what it dropped") {
  auto recorder = std::make_shared<TraceRecorder>(10);
  {
    Host host = make_host(1, recorder);
    Plugin plugin = load(host, "com.example.one");
    for (int i = 0; i < 50; ++i) ask(plugin, "one");
    CHECK(ask_error(plugin, "fail").code() == Errc::threw);
  }
  const Trace trace(*recorder);
  CHECK(trace.of("call").size() + trace.of("slice").size() == 10);
  CHECK(trace.of("call", "fail").size() == 1);
  CHECK(recorder->dropped() >= 90);
  CHECK(Trace::text(Trace::get(trace.document, "otherData"), "dropped_events") ==
        std::to_string(recorder->dropped()));
}

TEST_CASE("names in a trace are text, whatever they hold") {
  TraceRecorder recorder;
  PluginInfo plugin{"quote\" back\\ line\n \u00fc", "", ""};
  recorder.call_ended(plugin, {1, "x\"\\\n", {std::chrono::steady_clock::now(), 1ms}}, nullptr);
  const Trace trace(recorder);
  CHECK(trace.of("call", "x\"\\\n").size() == 1);
  CHECK(trace.track_name(1000) == plugin.id);
}
