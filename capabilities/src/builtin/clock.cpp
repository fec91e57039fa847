#include <algorithm>
#include <cloche/builtin/clock.h>

namespace cloche {
namespace {

double rounded_milliseconds(Duration time, Duration resolution) {
  const Duration step = std::max(resolution, Duration(1));
  const Duration rest = time % step;
  const Duration floor = time - rest - (rest < Duration(0) ? step : Duration(0));
  return std::chrono::duration<double, std::milli>(floor).count();
}

// When the plugin was loaded, on the monotonic clock.
struct Start {
  Duration at;
};

}  // namespace

void define_clock(Registry& registry, ClockOptions options) {
  if (!options.now) options.now = [] { return std::chrono::system_clock::now(); };
  if (!options.monotonic)
    options.monotonic = [] { return Duration(std::chrono::steady_clock::now().time_since_epoch()); };
  registry.define("clock")
      .summary("Tells the time")
      .scope(
          {},
          [monotonic = options.monotonic](const Grant&, const PluginInfo&) -> Result<std::shared_ptr<Start>> {
            return std::make_shared<Start>(Start{monotonic()});
          })
      .sync("now",
            [options] {
              return rounded_milliseconds(
                  std::chrono::duration_cast<Duration>(options.now().time_since_epoch()), options.resolution);
            },
            {{}, "Milliseconds since 1970-01-01T00:00:00Z."})
      .sync("monotonic",
            [options](Call& call) {
              return rounded_milliseconds(options.monotonic() - call.scope<Start>().at, options.resolution);
            },
            {{}, "Milliseconds since the plugin was loaded; never goes back."});
}

}  // namespace cloche
