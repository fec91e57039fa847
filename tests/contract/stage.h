#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "contract/entry.h"

namespace cloche::contract {

/// Runs host functions on the calling thread, and does something once while one of them is under way: when it waits,
/// or when its blocking work is done.
class Interruption final : public CallServices {
 public:
  explicit Interruption(std::function<void()> midway = {}) : midway_(std::move(midway)) {}

  void cancel() { inner_.cancel(); }
  [[nodiscard]] bool came() const noexcept { return came_; }

  [[nodiscard]] bool cancelled() const noexcept override { return inner_.cancelled(); }
  [[nodiscard]] Reactor& reactor() noexcept override { return inner_.reactor(); }
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override {
    auto ran = inner_.run_blocking(job);
    come();
    return ran;
  }
  void park(const Parking& arm) override {
    const auto alarm = midway_ ? inner_.reactor().after(Duration(0), [this] { come(); }) : nullptr;
    inner_.park(arm);
  }

 private:
  void come() {
    if (midway_ && !std::exchange(came_, true)) midway_();
  }

  ThreadServices inner_;
  std::function<void()> midway_;
  bool came_ = false;
};

/// One plugin with one capability.
class Stage {
 public:
  /// Granted with the rule of `entry`.
  Stage(World& world, const Entry& entry) : Stage(world, entry, granted(entry)) {}
  Stage(World& world, const Entry& entry, Grants grants);

  /// Null where the plugin has no such function.
  [[nodiscard]] const BoundFunction* find(const std::string& function) const;
  [[nodiscard]] Result<Value> run(const Use& use, CallServices& services, Call::Notes* notes = nullptr);
  [[nodiscard]] Result<Value> run(const Use& use, Call::Notes* notes = nullptr);
  void revoke() { bindings_.take(entry_.capability, Permission::denied); }
  /// All that it holds is over, as when it is unloaded.
  void end();

  [[nodiscard]] static Grants granted(const Entry& entry);

 private:
  const Entry& entry_;
  Bindings bindings_;
};

}  // namespace cloche::contract
