// What it costs to begin: from nothing to the first answer.

#include "floor.h"
#include "measure.h"
#include "subject.h"

#include <optional>

namespace cloche::bench {
namespace {

Figure cold_isolate() {
  Host host = make_host();
  // Taking down is outside of the measured time, on both sides.
  const Batch subject = [&] {
    std::optional<Plugin> plugin;
    const double time = seconds([&] {
      plugin = load(host);
      static_cast<void>(plugin->call<double>("handle", 1.0).get().value());
    });
    static_cast<void>(plugin->unload().get());
    return time;
  };
  const Batch floor = [] {
    std::optional<BareV8> bare;
    return seconds([&] { bare.emplace(); });
  };
  return compare("cold_isolate", "ms", 60, subject, floor);
}

}  // namespace

std::vector<Case> cold_cases() { return {{"cold_isolate", cold_isolate}}; }

}  // namespace cloche::bench
