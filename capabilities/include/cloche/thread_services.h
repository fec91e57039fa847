#pragma once

#include <atomic>
#include <cloche/call.h>
#include <memory>

namespace cloche {

/// What host functions may ask for outside of any sandbox: they run on the calling thread, which blocks where a fiber
/// would park, and serves its Reactor meanwhile. For tests of capabilities, and for programs that offer a plugin's
/// functions without plugins. Belongs to its thread, but for `cancel`.
class ThreadServices final : public CallServices {
 public:
  /// Throws std::system_error when no file descriptor is left.
  ThreadServices();
  ~ThreadServices() override;

  /// Ends the waits there are and will be. Any thread.
  void cancel();

  /// Serves the reactor until `delay` has passed or something was served.
  void serve(Duration delay);

  [[nodiscard]] bool cancelled() const noexcept override { return cancelled_.load(); }
  [[nodiscard]] Reactor& reactor() noexcept override;
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override;
  void park(const Parking& arm) override;

 private:
  class PollReactor;
  std::unique_ptr<PollReactor> reactor_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace cloche
