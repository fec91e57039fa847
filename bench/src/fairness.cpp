// What plugins that never stop computing cost the others of their worker, and what a host costs that idles.

#include "measure.h"
#include "subject.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <string>
#include <sys/resource.h>
#include <thread>

namespace cloche::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kWarmUp = 700ms;  // the optimizing compiler has done its work then
constexpr auto kMeasured = 3s;
constexpr auto kNoLimit = 600s;
constexpr std::size_t kMost = 30;

constexpr std::string_view kBusySource = R"(import { round } from "cap:busy";
export function spin(number) {
  let x = 1;
  for (;;) {
    for (let i = 0; i < 20000; i++) x = (x * 31 + 7) | 0;
    round(number, x);
  }
}
export function forever() { while (true) {} }
export function answer(x) { return x + 1; }
)";

/// A host whose plugins count the rounds they come to.
class BusyHost {
 public:
  explicit BusyHost(unsigned workers) : host_(make_host(workers, counting(rounds_))) {}

  Plugin load(const LoadOptions& options = {}) { return bench::load(host_, kBusySource, options); }

  /// Starts one that computes without end.
  void add_busy(std::uint32_t weight) {
    busy_.push_back(load({.weight = weight}));
    const CallOptions forever{.cpu = kNoLimit, .wall = kNoLimit};
    static_cast<void>(busy_.back().call_with<void>(forever, "spin", static_cast<double>(busy_.size() - 1)));
  }

  /// How far each of them has come.
  [[nodiscard]] std::vector<double> rounds() const {
    return {rounds_.begin(), rounds_.begin() + static_cast<std::ptrdiff_t>(busy_.size())};
  }

 private:
  using Rounds = std::array<std::atomic<std::uint32_t>, kMost>;

  static Registry counting(Rounds& rounds) {
    Registry registry;
    registry.define("busy").sync("round", [&rounds](double number, double) {
      rounds[static_cast<std::size_t>(number)].fetch_add(1, std::memory_order_relaxed);
    });
    return registry;
  }

  Rounds rounds_{};
  Host host_;
  std::vector<Plugin> busy_;
};

double milliseconds(Clock::duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

double quantile(std::vector<double> values, double part) {
  const auto place =
      values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// How long a call from another thread waits for its answer beside `count` plugins in endless loops.
Figure fairness_p99(std::size_t count) {
  BusyHost host(1);
  Plugin healthy = host.load();
  for (std::size_t i = 0; i < count; ++i) host.add_busy(100);
  std::this_thread::sleep_for(kWarmUp);
  std::vector<double> waits;
  const auto end = Clock::now() + kMeasured;
  for (auto next = Clock::now(); next < end; next += 5ms) {
    std::this_thread::sleep_until(next);
    const auto begin = Clock::now();
    static_cast<void>(healthy.call<double>("answer", 1.0).get().value());
    waits.push_back(milliseconds(Clock::now() - begin));
  }
  return {"fairness_p99_" + std::to_string(count), quantile(std::move(waits), 0.99), "ms", {}};
}

// How far the part of what they do is from the part of their weight, at worst.
Figure fairness_share_error() {
  constexpr std::array<std::uint32_t, 4> kWeights{50, 100, 200, 400};
  BusyHost host(1);
  for (const std::uint32_t weight : kWeights) host.add_busy(weight);
  std::this_thread::sleep_for(kWarmUp);
  const auto before = host.rounds();
  std::this_thread::sleep_for(kMeasured);
  const auto after = host.rounds();
  double all = 0;
  double weights = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    all += after[i] - before[i];
    weights += kWeights[i];
  }
  double worst = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    const double due = all * kWeights[i] / weights;
    worst = std::max(worst, std::abs((after[i] - before[i]) / due - 1));
  }
  return {"fairness_share_error", 100 * worst, "%", {}};
}

double thread_cpu_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// How long after its limit an endless loop was ended. What a limit counts is what it is measured by: computing,
// on the thread that runs the plugin, or time.
Figure kill_overrun() {
  constexpr auto kLimit = 20ms;
  BusyHost host(0);
  Plugin plugin = host.load();
  std::vector<double> overruns;
  for (int i = 0; i < 40; ++i) {
    const double cpu = thread_cpu_milliseconds();
    static_cast<void>(plugin.call_with<void>({.cpu = kLimit}, "forever").get());
    overruns.push_back(thread_cpu_milliseconds() - cpu - milliseconds(kLimit));
    const auto begin = Clock::now();
    static_cast<void>(plugin.call_with<void>({.cpu = kNoLimit, .wall = kLimit}, "forever").get());
    overruns.push_back(milliseconds(Clock::now() - begin - kLimit));
  }
  return {"kill_overrun", quantile(std::move(overruns), 0.5), "ms", {}};
}

double process_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto in_seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

// What 200 plugins that were loaded and called cost while nobody wants anything of them.
Figure idle_cpu_200() {
  constexpr auto kIdle = 5s;
  BusyHost host(1);
  std::vector<Plugin> plugins;
  for (int i = 0; i < 200; ++i) {
    plugins.push_back(host.load());
    static_cast<void>(plugins.back().call<double>("answer", 1.0).get().value());
  }
  std::this_thread::sleep_for(kWarmUp);
  const double before = process_cpu_seconds();
  std::this_thread::sleep_for(kIdle);
  const double used = process_cpu_seconds() - before;
  return {"idle_cpu_200", 100 * used / std::chrono::duration<double>(kIdle).count(), "%", {}};
}

}  // namespace

std::vector<Case> fairness_cases() {
  std::vector<Case> cases;
  for (const std::size_t count : {std::size_t{1}, std::size_t{8}, kMost}) {
    cases.push_back({"fairness_p99_" + std::to_string(count), [count] { return fairness_p99(count); }});
  }
  cases.push_back({"fairness_share_error", fairness_share_error});
  cases.push_back({"kill_overrun", kill_overrun});
  cases.push_back({"idle_cpu_200", idle_cpu_200});
  return cases;
}

}  // namespace cloche::bench
