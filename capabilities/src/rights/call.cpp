#include <cloche/call.h>

namespace cloche {

Result<void> Call::sleep(Duration duration) {
  const Promise<void> over;
  const auto alarm = reactor().after(duration, [over] { over.settle({}); });
  return wait(over.future());
}

// A wake that comes twice, or late, does no harm.
void Call::RevocableWait::park(const Parking& arm) {
  std::unique_ptr<Lease> lease;
  call_.services_.park([&](const std::function<void()>& wake) {
    lease = call_.lease(wake);
    arm(wake);
  });
}

}  // namespace cloche
