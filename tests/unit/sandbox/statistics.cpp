// Statistics: what a plugin did and uses, as a struct and as Prometheus text.
#include "support.h"
#include "unit/capabilities/temporary_folder.h"

#include <cloche/builtin.h>
#include <cloche/prometheus.h>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

using namespace cloche;
using namespace cloche::testing;
using namespace std::chrono_literals;

namespace {

Registry helpers() {
  Registry registry;
  define_waits(registry).sync("number", [](double x) { return x; });
  return registry;
}

Package busy(const std::string& source,
             const std::string& limits = "cpu_per_call: 60s, wall_per_call: 120s") {
  return module("import * as t from 'cap:t';\n" + source, {"t"}, "limits: {" + limits + "}\n");
}

/// One line of an exposition.
struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

/// Reads Prometheus' text format, version 0.0.4, and fails at whatever it does not allow.
class Exposition {
 public:
  explicit Exposition(const std::string& text) {
    REQUIRE(text.ends_with('\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) read(line);
  }

  [[nodiscard]] std::optional<double> find(const std::string& name,
                                           const std::map<std::string, std::string>& labels) const {
    for (const Sample& sample : samples_) {
      bool same = sample.name == name;
      for (const auto& [key, value] : labels)
        same = same && sample.labels.contains(key) && sample.labels.at(key) == value;
      if (same) return sample.value;
    }
    return std::nullopt;
  }
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }

 private:
  static bool is_name(const std::string& text) {
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
           std::string::npos;
  }

  void read(const std::string& line) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      helped_ = line.substr(7, line.find(' ', 7) - 7);
      REQUIRE(is_name(helped_));
      REQUIRE(families_.insert(helped_).second);  // once for each, its samples together
    } else if (line.starts_with("# TYPE ")) {
      const auto end = line.find(' ', 7);
      REQUIRE(line.substr(7, end - 7) == helped_);
      type_ = line.substr(end + 1);
      REQUIRE((type_ == "counter" || type_ == "gauge"));
      CHECK((type_ == "counter") == helped_.ends_with("_total"));
    } else {
      read_sample(line);
    }
  }

  void read_sample(const std::string& line) {
    Sample sample;
    std::size_t at = line.find('{');
    REQUIRE(at != std::string::npos);
    sample.name = line.substr(0, at);
    REQUIRE(sample.name == helped_);
    while (line[at] != '}') {
      const auto equals = line.find("=\"", at);
      const std::string label = line.substr(at + 1, equals - at - 1);
      REQUIRE(is_name(label));
      at = equals + 2;
      std::string value;
      for (; line.at(at) != '"'; ++at) {
        if (line[at] != '\\') {
          value += line[at];
          continue;
        }
        const char escaped = line.at(++at);
        REQUIRE((escaped == '\\' || escaped == '"' || escaped == 'n'));
        value += escaped == 'n' ? '\n' : escaped;
      }
      REQUIRE(sample.labels.emplace(label, value).second);
      ++at;
      REQUIRE((line[at] == ',' || line[at] == '}'));
    }
    REQUIRE(line[at + 1] == ' ');
    const std::string number = line.substr(at + 2);
    std::size_t read = 0;
    sample.value = number == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(number, &read);
    REQUIRE((number == "+Inf" || read == number.size()));
    REQUIRE(series_.insert(line.substr(0, at + 1)).second);
    samples_.push_back(std::move(sample));
  }

  std::string helped_;
  std::string type_;
  std::set<std::string> families_;
  std::set<std::string> series_;
  std::vector<Sample> samples_;
};

}  // namespace

TEST_CASE("calls and their errors are counted, whatever way they end") {
  Sandbox box(each_thread(), helpers());
  Plugin plugin = box.load(busy(R"(
    export const one = () => 1;
    export const fail = () => { throw new Error("x") };
    export const later = (ms) => t.later(ms).then(() => 1);
    export const fail_later = async () => { await t.later(1); throw new Error("x") };
    export const never = () => new Promise(() => {});
    export const spin = () => { for (;;) {} };
    export const hand = () => () => 1;
  )"));
  for (int i = 0; i < 3; ++i) CHECK(ask<int>(plugin, "one") == 1);
  CHECK(ask<int>(plugin, "later", 1) == 1);
  CHECK(ask_error(plugin, "fail").code() == Errc::threw);
  CHECK(ask_error(plugin, "fail_later").code() == Errc::threw);
  CHECK(ask_error(plugin, "missing").code() == Errc::no_such_export);
  CHECK(plugin.call<bool>("one").get().error().code() == Errc::invalid_argument);
  CHECK(plugin.call_with<Value>({.cpu = 5ms}, "spin").get().error().code() == Errc::cpu_limit);
  CHECK(plugin.call_with<Value>({.wall = 5ms}, "never").get().error().code() == Errc::wall_limit);
  CHECK(plugin.call_with<Value>({.wall = 5ms}, "later", 100000).get().error().code() == Errc::wall_limit);
  auto function = plugin.call<Function>("hand").get().value();
  CHECK(function({}).get().value() == Value(1));
  CHECK(plugin.value<Value>("one").get().has_value());

  const Statistics statistics = plugin.statistics();
  CHECK(statistics.calls == 14);
  CHECK(statistics.errors == 7);
  CHECK(statistics.errors_of(Errc::threw) == 2);
  CHECK(statistics.errors_of(Errc::no_such_export) == 1);
  CHECK(statistics.errors_of(Errc::invalid_argument) == 1);
  CHECK(statistics.errors_of(Errc::cpu_limit) == 1);
  CHECK(statistics.errors_of(Errc::wall_limit) == 2);
  CHECK(statistics.hits_of(Limit::cpu_per_call) == 1);
  CHECK(statistics.hits_of(Limit::wall_per_call) == 2);
  CHECK(statistics.stays > 0);
}

TEST_CASE("computing, parking and preemption are timed") {
  Sandbox box(each_thread(), helpers());
  Plugin plugin =
      box.load(busy("export const spin = () => { for (;;) {} }; export const nap = () => t.nap(30);"));
  CHECK(plugin.call_with<Value>({.cpu = 40ms}, "spin").get().error().code() == Errc::cpu_limit);
  Statistics statistics = plugin.statistics();
  CHECK(statistics.cpu >= 40ms);
  CHECK(statistics.inside > 0ns);
  CHECK(statistics.parked == 0ns);

  CHECK(plugin.call<void>("nap").get().has_value());
  statistics = plugin.statistics();
  CHECK(statistics.parked >= 30ms);

  // Two that compute make way for each other.
  Plugin other = box.load(busy("export const spin = () => { for (;;) {} };"));
  auto first = plugin.call_with<Value>({.cpu = 50ms}, "spin");
  auto second = other.call_with<Value>({.cpu = 50ms}, "spin");
  CHECK(first.get().error().code() == Errc::cpu_limit);
  CHECK(second.get().error().code() == Errc::cpu_limit);
}

TEST_CASE("plugins that compute side by side are preempted, and it is counted") {
  Sandbox box(1, helpers());
  Plugin one = box.load(busy("export const spin = () => { for (;;) {} };"));
  Plugin two = box.load(busy("export const spin = () => { for (;;) {} };"));
  auto first = one.call_with<Value>({.cpu = 50ms}, "spin");
  auto second = two.call_with<Value>({.cpu = 50ms}, "spin");
  CHECK(first.get().error().code() == Errc::cpu_limit);
  CHECK(second.get().error().code() == Errc::cpu_limit);
  CHECK(one.statistics().preemptions > 0);
  CHECK(one.statistics().preempted > 0ns);
}

TEST_CASE("what a plugin uses stands beside what it may use") {
  Sandbox box(0, helpers());
  Plugin plugin = box.load(busy(R"(
    let kept = [];
    export const grow = () => { for (let i = 0; i < 100000; i++) kept.push({x: i}); return kept.length };
    export const buffer = () => { kept.push(new Uint8Array(1 << 20)); return 0 };
    export const wait = () => { for (let i = 0; i < 5; i++) { setTimeout(() => {}, 1e6); t.later(1e6) } };
  )",
                                "heap: 64MiB, external: 8MiB, timers: 7, pending: 9, mailbox: 11"));
  const Statistics before = plugin.statistics();
  CHECK(before.heap.used > 0);
  CHECK(before.heap.limit == 64 << 20);
  CHECK(before.timers.used == 0);
  ask(plugin, "grow");
  ask(plugin, "buffer");
  ask(plugin, "wait");
  const Statistics after = plugin.statistics();
  CHECK(after.heap.used > before.heap.used + 100000);
  CHECK(after.external.used == before.external.used + (1 << 20));
  CHECK(after.external.limit == 8 << 20);
  CHECK(after.timers.used == 5);
  CHECK(after.timers.limit == 7);
  CHECK(after.pending.used == 5);
  CHECK(after.pending.limit == 9);
  CHECK(after.mailbox.used == 0);
  CHECK(after.mailbox.limit == 11);
}

TEST_CASE("each limit that something runs into is counted") {
  Sandbox box(each_thread(), helpers());
  Plugin plugin = box.load(busy(R"(
    const attempt = (f) => { try { f() } catch (e) { return e.code ?? e.name } };
    export const timers = () => attempt(() => { for (;;) setTimeout(() => {}, 1e6) });
    export const pending = () => attempt(() => { for (;;) t.later(1e6) });
    export const buffers = () => attempt(() => { for (;;) new ArrayBuffer(1 << 30) });
    export const heap = () => { const all = []; for (;;) all.push({x: [1, 2, 3]}) };
    export const rejected = () => { Promise.reject(new Error("lost")) };
    export const big = () => "x".repeat(100000);
    export const one = () => 1;
  )",
                                "heap: 16MiB, external: 1MiB, timers: 3, pending: 3, message: 64KiB, "
                                "cpu_per_call: 60s, wall_per_call: 120s"));
  CHECK(ask(plugin, "timers") == Value("timer_limit"));
  CHECK(ask(plugin, "pending") == Value("pending_limit"));
  CHECK(ask(plugin, "buffers") == Value("RangeError"));
  CHECK(ask_error(plugin, "heap").code() == Errc::heap_limit);
  CHECK(ask_error(plugin, "big").code() == Errc::size_limit);
  ask(plugin, "rejected");
  ask(plugin, "one");  // the turn before it is over now, and what was found at its end counted
  const Statistics statistics = plugin.statistics();
  for (const Limit limit : {Limit::timers, Limit::pending, Limit::external, Limit::heap, Limit::message}) {
    CAPTURE(to_string(limit));
    CHECK(statistics.hits_of(limit) == 1);
  }
  CHECK(statistics.rejections == 1);
}

TEST_CASE("a full storage is counted with the limits") {
  TemporaryFolder folder;
  BuiltinOptions options;
  options.data_directory = folder.path();
  Sandbox box(1, builtin_capabilities(options));
  Plugin plugin = box.load(module(R"(
    import { set } from "cap:storage";
    export const f = async () => { try { await set("a", "x".repeat(10000)) } catch (e) { return e.code } };
  )",
                                  {"storage"}, "limits: {storage: 1KiB}\n"));
  CHECK(ask(plugin, "f") == Value("quota"));
  CHECK(plugin.statistics().hits_of(Limit::storage) == 1);
}

TEST_CASE("statistics may be asked for from any thread while the plugin computes") {
  Sandbox box(1, helpers());
  Plugin plugin = box.load(busy("export const spin = () => { for (;;) {} };"));
  auto call = plugin.call_with<Value>({.cpu = 30ms}, "spin");
  Duration last{};
  while (!call.ready()) {
    const Statistics now = plugin.statistics();
    CHECK(now.cpu >= last);
    last = now.cpu;
  }
  CHECK(call.get().error().code() == Errc::cpu_limit);
}

TEST_CASE("a host tells of all its plugins, and of instances apart") {
  Sandbox box(each_thread(), helpers());
  Plugin one = box.load("export const f = () => 1;");
  Plugin two = box.load("export const f = () => 2;");
  ask(two, "f");
  std::vector<Statistics> all = box.host().statistics();
  REQUIRE(all.size() == 2);
  CHECK(all[0].plugin == "com.example.test");
  CHECK(all[0].instance != all[1].instance);
  CHECK(all[0].calls == 0);
  CHECK(all[1].calls == 1);
  CHECK(one.unload().get().has_value());
  all = box.host().statistics();
  REQUIRE(all.size() == 1);
  CHECK(all[0].calls == 1);
}

TEST_CASE("a crash is counted, and the calls it ends") {
  Sandbox box(1, helpers());
  Plugin plugin = box.load(busy("export const f = () => [...'.'.repeat(5e8)];", "heap: 32MiB"));
  CHECK(ask_error(plugin, "f").code() == Errc::crashed);
  CHECK(plugin.statistics().crashes == 1);
  CHECK(plugin.statistics().errors_of(Errc::crashed) == 1);
}

TEST_CASE("Prometheus text has every figure once, in its format") {
  Sandbox box(1, helpers());
  Plugin one = box.load(busy("export const f = () => t.number(1); export const g = () => { throw 1 };"));
  Plugin two = box.load("export const f = () => 2;");
  ask(one, "f");
  ask(one, "f");
  ask_error(one, "g");
  const auto all = box.host().statistics();
  const Exposition text(prometheus_text(all));
  const std::map<std::string, std::string> first{{"instance", std::to_string(all[0].instance)}};
  CHECK(text.find("cloche_plugin_calls_total", first) == 3);
  CHECK(text.find("cloche_plugin_host_calls_total", first) == 2);
  CHECK(text.find("cloche_plugin_call_errors_total", {{"code", "threw"}}) == 1);
  CHECK(text.find("cloche_plugin_limit_hits_total", {{"limit", "mailbox"}}) == 0);
  CHECK(text.find("cloche_plugin_info", {{"version", "1.0.0"}, {"plugin", "com.example.test"}}) == 1);
  CHECK(text.find("cloche_plugin_mailbox_limit_calls", first) == 256);
  CHECK(text.find("cloche_plugin_cpu_seconds_total", first).has_value());
}

TEST_CASE("Prometheus text escapes labels, knows no limit, and is in base units") {
  Statistics plugin;
  plugin.plugin = "a\\b\"c\nd";
  plugin.name = "}{,=\"";
  plugin.instance = 7;
  plugin.cpu = 1500ms;
  plugin.heap = {123, Limits::kUnlimited};
  const Exposition text(prometheus_text(std::vector{plugin}));
  CHECK(text.find("cloche_plugin_cpu_seconds_total", {{"plugin", "a\\b\"c\nd"}}) == 1.5);
  CHECK(text.find("cloche_plugin_info", {{"name", "}{,=\""}}) == 1);
  CHECK(text.find("cloche_plugin_heap_bytes", {{"instance", "7"}}) == 123);
  CHECK(text.find("cloche_plugin_heap_limit_bytes", {}) == std::numeric_limits<double>::infinity());
  CHECK(Exposition(prometheus_text({})).samples().empty());
}
