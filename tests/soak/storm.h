#pragma once

#include "ledger.h"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <random>

namespace cloche::soak {

/// A few places for plugins, and threads that load, call, reload, kill, crash and unload whatever is there.
class Storm {
 public:
  Storm(Host& host, Ledger& ledger);

  /// One thing, chosen by chance; from several threads at once.
  void blow(std::mt19937& chance);
  /// Unloads what is left.
  void settle();

 private:
  struct Place {
    std::mutex mutex;
    std::optional<Plugin> plugin;
  };
  static constexpr std::size_t kPlaces = 12;

  void load(Place& place);
  void unload(Place& place);
  void reload(Plugin plugin);
  void call(Plugin plugin, std::mt19937& chance);
  void kill(Plugin plugin);
  void crash(Plugin plugin);
  void expect(Future<double> answer, double right);
  void expect_failure(Future<double> answer, Errc how);

  Host& host_;
  Ledger& ledger_;
  const Manifest manifest_;
  const std::shared_ptr<const PackageFiles> files_;
  std::array<Place, kPlaces> places_;
};

/// What the plugins of a storm may import.
[[nodiscard]] Registry storm_registry();

}  // namespace cloche::soak
