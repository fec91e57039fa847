#pragma once

#include "loop/signal.h"
#include "worker.h"

#include <cloche/call.h>
#include <functional>
#include <list>
#include <set>

namespace cloche::js {

class Runner;

/// The waits of one instance's host functions, so that closing the instance can end them all.
class Waits {
 public:
  explicit Waits(Worker& worker) noexcept : worker_(worker) {}

  /// Parks the fiber until `deadline`. Error: `cancelled`, at once when `cancel_all` was called before or
  /// meanwhile.
  [[nodiscard]] Result<void> until(loop::TimePoint deadline);
  /// Parks the fiber until `job` has run on a thread that may block. It is always waited for.
  [[nodiscard]] Result<void> blocking(const std::function<void()>& job);

  /// What a Parker does, for a host function that waits for a Future; returns early, for good, once
  /// `cancel_all` was called.
  void park(const Parking& arm);
  /// Runs `body`, a host function, on the calling fiber; that fiber's waits for Futures are among these.
  void cover(const std::function<void()>& body);

  void cancel_all();
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

 private:
  Worker& worker_;
  std::set<loop::Signal*> parked_;
  std::list<std::function<void()>> wakes_;  // of those that wait for a Future
  bool cancelled_ = false;
};

/// What an asynchronous host function, on a fiber of its own, may ask for.
class FiberServices final : public CallServices {
 public:
  explicit FiberServices(Waits& waits) noexcept : waits_(waits) {}
  [[nodiscard]] bool cancelled() const noexcept override { return waits_.cancelled(); }
  [[nodiscard]] Result<void> sleep(Duration duration) override;
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override {
    return waits_.blocking(job);
  }

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
  [[nodiscard]] Result<void> sleep(Duration duration) override;
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override;

 private:
  Waits& waits_;
  Runner& runner_;
  std::function<void()> overdue_;  // the call's time is over while it waits
};

}  // namespace cloche::js
