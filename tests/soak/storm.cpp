#include "storm.h"

namespace cloche::soak {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kManifest = R"(manifest_version: 1
id: com.example.soak
name: Soak
version: 1.0.0
main: main.mjs
capabilities:
  required:
    - {id: soak, reason: To be soaked}
limits: {heap: 16MiB, cpu_per_call: 10s, wall_per_call: 60s}
hot_reload: {state: export}
)";

constexpr std::string_view kSource = R"(import { add, later, nap } from "cap:soak";
let kept = 0;
setInterval(() => { kept++ }, 5);
export const exportState = () => kept;
export const importState = (state) => { kept = state };
export const plain = (x) => x + 1;
export const host = (x) => add(x, 1);
export const waiting = async (x) => (await later(x)) + 1;
export const parked = (x) => { nap(); return x + 1 };
export const garbage = (x) => { let all = []; for (let i = 0; i < 2e4; i++) all.push({i, text: "t" + i}); return x + all.length - 2e4 + 1 };
export const timer = (x) => new Promise((done) => setTimeout(() => done(x + 1), 2));
export const spin = () => { for (;;) {} };
export const bomb = () => [..."x".repeat(4e8)].length;
)";

constexpr std::array kCalls{"plain", "host", "waiting", "parked", "garbage", "timer"};

class OneFile final : public PackageFiles {
 public:
  [[nodiscard]] Result<std::string> read(std::string_view) const override { return std::string(kSource); }
};

// Of a hundred things.
constexpr int kLoad = 12;
constexpr int kUnload = 6;
constexpr int kReload = 4;
constexpr int kKill = 6;

std::optional<Errc> code_of(const Result<double>& result) {
  return result ? std::nullopt : std::optional(result.error().code());
}

}  // namespace

Registry storm_registry() {
  Registry registry;
  registry.define("soak")
      .sync("add", [](double a, double b) { return a + b; })
      .sync("nap", [](Call& call) { return call.sleep(1ms); })
      .async("later", [](Call& call, double x) -> Result<double> {
        if (auto slept = call.sleep(1ms); !slept) return slept.error();
        return x;
      });
  return registry;
}

Storm::Storm(Host& host, Ledger& ledger)
    : host_(host),
      ledger_(ledger),
      manifest_(parse_manifest(std::string(kManifest), "plugin.yaml").value()),
      files_(std::make_shared<OneFile>()) {}

void Storm::blow(std::mt19937& chance) {
  Place& place = places_[chance() % kPlaces];
  const int what = static_cast<int>(chance() % 100);
  if (what < kLoad) return load(place);
  if (what < kLoad + kUnload) return unload(place);
  std::optional<Plugin> plugin;
  {
    const std::scoped_lock lock(place.mutex);
    plugin = place.plugin;
  }
  if (!plugin) return load(place);
  if (what < kLoad + kUnload + kReload) return reload(*plugin);
  if (what < kLoad + kUnload + kReload + kKill) return kill(*plugin);
  // A crash costs the process what the engine had allocated outside of its pages: they are kept rare.
  if (chance() % 2000 == 0) return crash(*plugin);
  call(*plugin, chance);
}

void Storm::load(Place& place) {
  const std::scoped_lock lock(place.mutex);
  if (place.plugin) return;
  auto plugin =
      host_.load(manifest_, files_, {.supervision = {.restart = Restart::on_crash, .max_crashes = 0}});
  if (!plugin) return ledger_.fault("a load: " + to_string(plugin.error()));
  place.plugin = std::move(*plugin);
}

void Storm::unload(Place& place) {
  std::optional<Plugin> plugin;
  {
    const std::scoped_lock lock(place.mutex);
    plugin.swap(place.plugin);
  }
  if (!plugin) return;
  if (auto done = plugin->unload().get(); !done) ledger_.fault("an unload: " + to_string(done.error()));
}

void Storm::settle() {
  for (Place& place : places_) unload(place);
}

// It may have been unloaded or have crashed meanwhile; that is nobody's fault.
void Storm::reload(Plugin plugin) {
  if (plugin.reload(manifest_, files_).get()) ledger_.exchanged();
}

void Storm::expect(Future<double> answer, double right) {
  const auto result = answer.get();
  ledger_.answered(code_of(result));
  if (result) {
    if (*result != right) ledger_.fault("a wrong answer: " + std::to_string(*result));
    return;
  }
  switch (result.error().code()) {
    case Errc::unloaded:
    case Errc::cancelled:
    case Errc::crashed:
    case Errc::heap_limit:
    case Errc::mailbox_limit: return;
    default: ledger_.fault("a call: " + to_string(result.error()));
  }
}

void Storm::expect_failure(Future<double> answer, Errc how) {
  const auto result = answer.get();
  ledger_.answered(code_of(result));
  if (result) return ledger_.fault("an answer where none can be");
  const Errc code = result.error().code();
  if (code == how || code == Errc::unloaded || code == Errc::cancelled || code == Errc::crashed ||
      code == Errc::heap_limit || code == Errc::mailbox_limit) {
    return;
  }
  ledger_.fault("a call that was to fail: " + to_string(result.error()));
}

void Storm::call(Plugin plugin, std::mt19937& chance) {
  const double x = static_cast<double>(chance() % 1000);
  ledger_.made();
  expect(plugin.call<double>(kCalls[chance() % kCalls.size()], x), x + 1);
}

void Storm::kill(Plugin plugin) {
  ledger_.made();
  expect_failure(plugin.call_with<double>({.cpu = 5ms}, "spin"), Errc::cpu_limit);
}

void Storm::crash(Plugin plugin) {
  ledger_.made();
  expect_failure(plugin.call<double>("bomb"), Errc::crashed);
}

}  // namespace cloche::soak
