#include <cloche/call.h>

#include <thread>

namespace cloche {
namespace {

class ThreadServices final : public CallServices {
 public:
  [[nodiscard]] bool cancelled() const noexcept override { return false; }
  [[nodiscard]] Result<void> sleep(Duration duration) override {
    std::this_thread::sleep_for(duration);
    return {};
  }
  [[nodiscard]] Result<void> run_blocking(const std::function<void()>& job) override {
    job();
    return {};
  }
};

}  // namespace

std::unique_ptr<CallServices> make_thread_services() { return std::make_unique<ThreadServices>(); }

}  // namespace cloche
