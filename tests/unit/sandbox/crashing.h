#pragma once

#include "support.h"

#include <optional>

namespace cloche::testing {

// A small heap, and time enough to fill it on a machine that is busy.
constexpr auto kPatient = "limits: {heap: 32MiB, cpu_per_call: 60s, wall_per_call: 120s}\n";

/// What becomes of plugins, in its order.
class LifeWatch final : public Observer {
 public:
  Events events;  ///< "restarted ID" and so on

  void loaded(const PluginInfo& plugin) override { events.add("loaded " + plugin.id); }
  void unloaded(const PluginInfo& plugin) override { events.add("unloaded " + plugin.id); }
  void crashed(const PluginInfo& plugin, const Error&) override { events.add("crashed " + plugin.id); }
  void restarting(const PluginInfo&, std::size_t, Duration delay) override {
    const std::scoped_lock lock(mutex_);
    delays_.push_back(delay);
  }
  void restarted(const PluginInfo& plugin) override { events.add("restarted " + plugin.id); }
  void quarantined(const PluginInfo& plugin, const Error&) override {
    events.add("quarantined " + plugin.id);
  }
  void reloaded(const PluginInfo& plugin) override {
    events.add("reloaded " + plugin.id + " " + plugin.version);
  }
  void reload_failed(const PluginInfo& plugin, const Error&) override {
    events.add("reload failed " + plugin.id + " " + plugin.version);
  }
  void evicted(const PluginInfo& plugin) override { events.add("evicted " + plugin.id); }

  /// The back-offs that were announced.
  [[nodiscard]] std::vector<Duration> delays() const {
    const std::scoped_lock lock(mutex_);
    return delays_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Duration> delays_;
};

/// A package of one module whose text changes under the plugin.
class SwitchedFiles final : public PackageFiles {
 public:
  explicit SwitchedFiles(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] Result<std::string> read(std::string_view) const override {
    const std::scoped_lock lock(mutex_);
    return text_;
  }
  void set(std::string text) {
    const std::scoped_lock lock(mutex_);
    text_ = std::move(text);
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// A Host whose plugins are supervised.
class SupervisedBox {
 public:
  explicit SupervisedBox(Mode mode, HostOptions options = {}) {
    options.workers = mode.workers;
    options.policy = Policy::grant_all();
    options.observer = watch_;
    host_.emplace(Host::create(std::move(options)).value());
  }

  [[nodiscard]] Result<Plugin> try_load(const Package& package, const Supervision& supervision = {}) {
    return host_->load(manifest_of(package), std::make_shared<MemoryFiles>(package.files),
                       {.supervision = supervision});
  }
  [[nodiscard]] Plugin load(const Package& package, const Supervision& supervision = {}) {
    return try_load(package, supervision).value();
  }
  [[nodiscard]] Plugin load(Manifest manifest, std::shared_ptr<const PackageFiles> files,
                            const Supervision& supervision = {}) {
    return host_->load(std::move(manifest), std::move(files), {.supervision = supervision}).value();
  }

  /// Lets plugins run until `event` was seen so often.
  void until(std::string_view event, std::size_t times = 1) { until(watch_->events, event, times); }
  void until(Events& events, std::string_view event, std::size_t times = 1) {
    while (host_->wake_handle() >= 0 && events.count(event) < times) host_->poll();
    events.wait_for(event, times);
  }

  /// Destroys the host.
  void end() { host_.reset(); }

  [[nodiscard]] Host& host() noexcept { return *host_; }
  [[nodiscard]] LifeWatch& watch() noexcept { return *watch_; }

 private:
  std::shared_ptr<LifeWatch> watch_ = std::make_shared<LifeWatch>();
  std::optional<Host> host_;
};

}  // namespace cloche::testing
