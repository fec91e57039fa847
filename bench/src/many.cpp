// What it costs to have many: the memory of one that idles, and the time of a load when there are a thousand.

#include "measure.h"
#include "resident.h"
#include "subject.h"

#include <cstdio>
#include <cstdlib>
#include <span>

namespace cloche::bench {
namespace {

constexpr std::string_view kSmallSource = "export const next = (x) => x + 1;";

double need_resident(const std::string& subject) {
  if (const auto each = resident_in_child(subject)) return *each;
  std::fprintf(stderr, "cloche-bench: the process that measures the memory of '%s' failed\n",
               subject.c_str());
  std::exit(1);
}

Figure instance_resident() {
  return {"instance_resident", need_resident("cloche"), "MiB", need_resident("v8")};
}

// The last of a thousand beside the sixth to the fifteenth; those before are busy with what comes once.
Figure load_growth() {
  constexpr std::size_t kInstances = 1000;
  Host host = make_host(1, {});
  std::vector<Plugin> plugins;
  std::vector<double> times;
  for (std::size_t i = 0; i < kInstances; ++i) {
    times.push_back(seconds([&] { plugins.push_back(load(host, kSmallSource, {})); }));
  }
  const std::span all(times);
  const auto middle = [](std::span<double> some) { return median({some.begin(), some.end()}); };
  return {"load_growth", middle(all.last(10)) / middle(all.subspan(5, 10)), "x", {}};
}

Figure instances_2500() {
  constexpr std::size_t kWanted = 2500;
  Host host = make_host(1, {});
  std::vector<Plugin> plugins;
  while (plugins.size() < kWanted) {
    auto plugin = try_load(host, kSmallSource, {});
    if (!plugin) break;
    plugins.push_back(std::move(*plugin));
  }
  double answered = 0;
  for (Plugin& plugin : plugins) {
    if (const auto answer = plugin.call<double>("next", 1.0).get(); answer && *answer == 2) ++answered;
  }
  return {"instances_2500", answered, "", {}};
}

}  // namespace

std::vector<Case> many_cases() {
  return {{"instance_resident", instance_resident},
          {"load_growth", load_growth},
          {"instances_2500", instances_2500}};
}

}  // namespace cloche::bench
