#include <cloche/call.h>

namespace cloche {

Result<void> Call::sleep(Duration duration) {
  const Promise<void> over;
  const auto alarm = reactor().after(duration, [over] { over.settle({}); });
  return wait(over.future());
}

// A wake that comes twice, or late, does no harm.
void Call::park(const Parking& arm) {
  std::unique_ptr<Lease> lease;
  services_.park([&](const std::function<void()>& wake) {
    lease = this->lease(wake);
    arm(wake);
  });
}

}  // namespace cloche
