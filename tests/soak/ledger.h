#pragma once

#include <array>
#include <atomic>
#include <cloche/cloche.h>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cloche::soak {

/// Counts what a host is told and what its callers get, and says at the end whether the two agree. Any thread.
class Ledger final : public Observer {
 public:
  void loaded(const PluginInfo&) override { ++loaded_; }
  void unloaded(const PluginInfo&) override { ++unloaded_; }
  void crashed(const PluginInfo&, const Error&) override { ++crashed_; }
  void call_started(const PluginInfo&, const CallEvent&) override { ++started_; }
  void call_ended(const PluginInfo&, const CallEvent&, const Error* error) override;
  void reloaded(const PluginInfo&) override { ++reloaded_; }
  void restarted(const PluginInfo&) override { ++restarted_; }

  /// A caller made a call, and got its answer.
  void made() { ++made_; }
  void answered(std::optional<Errc> error);
  /// A caller asked for a reload, and it was done.
  void exchanged() { ++exchanged_; }
  /// Something that was to be impossible.
  void fault(const std::string& what);

  /// What does not add up, one line each; to be asked when every plugin has been unloaded.
  [[nodiscard]] std::vector<std::string> faults() const;
  [[nodiscard]] std::string summary() const;

 private:
  using Count = std::atomic<std::uint64_t>;

  Count loaded_{0}, unloaded_{0}, crashed_{0}, reloaded_{0}, restarted_{0}, exchanged_{0};
  Count started_{0}, ended_{0}, made_{0}, answered_{0};
  std::array<Count, kErrcCount> told_{};  // errors by code: as observers were told, and as callers got
  std::array<Count, kErrcCount> got_{};
  mutable std::mutex mutex_;
  std::vector<std::string> faults_;
};

}  // namespace cloche::soak
