#pragma once

#include "worker.h"

#include <cloche/call.h>
#include <functional>
#include <list>
#include <utility>

namespace cloche::js {

class Runner;

/// The waits of one instance's host functions, so that closing the instance can end them all.
class Waits {
 public:
  explicit Waits(Worker& worker) noexcept : worker_(worker) {}

  /// Parks the fiber until `job` has run on a thread that may block. It is always waited for.
  [[nodiscard]] Result<void> blocking(const std::function<void()>& job);

  /// What a Parker does; returns early, for good, once `cancel_all` was called.
  void park(const Parking& arm);

  void cancel_all();
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
  [[nodiscard]] Worker& worker() const noexcept { return worker_; }

 private:
  Worker& worker_;
  std::list<std::function<void()>> wakes_;
  bool cancelled_ = false;
};

/// What an asynchronous host function, on a fiber of its own, may ask for.
class FiberServices final : public CallServices {
 public:
  explicit FiberServices(Waits& waits) noexcept : waits_(waits) {}
  [[nodiscard]] bool cancelled() const noexcept override { return waits_.cancelled(); }
  [[nodiscard]] Reactor& reactor() noexcept override { return waits_.worker().reactor; }
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override {
    return waits_.blocking(job);
  }
  void park(const Parking& arm) override { waits_.park(arm); }

 private:
  Waits& waits_;
};

/// The same for one that runs on the plugin's own stack: it leaves the isolate while it waits, and waits no
/// longer than the call may.
class StackServices final : public CallServices {
 public:
  StackServices(Waits& waits, Runner& runner, std::function<void()> overdue)
      : waits_(waits), runner_(runner), overdue_(std::move(overdue)) {}
  [[nodiscard]] bool cancelled() const noexcept override;
  [[nodiscard]] Reactor& reactor() noexcept override { return waits_.worker().reactor; }
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override;
  void park(const Parking& arm) override;

  /// Which call runs from now on; null: none. Gives the one before, which runs on when that has ended.
  Call* exchange_call(Call* call) noexcept { return std::exchange(call_, call); }
  /// What the thread's Parker does, for the plugin's stack.
  void park_call(const Parking& arm) { call_ != nullptr ? call_->park(arm) : park(arm); }

 private:
  Waits& waits_;
  Runner& runner_;
  std::function<void()> overdue_;  // the call's time is over while it waits
  Call* call_ = nullptr;
};

}  // namespace cloche::js
