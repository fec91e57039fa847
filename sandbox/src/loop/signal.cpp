#include "loop/signal.h"

#include "loop/loop.h"

#include <boost/fiber/context.hpp>
#include <utility>

namespace cloche::loop {

void Signal::wait() {
  while (!set_) {
    waiter_ = boost::fibers::context::active();
    waiter_->suspend();
  }
  set_ = false;
}

bool Signal::wait_until(TimePoint deadline) {
  if (deadline == TimePoint::max()) {
    wait();
    return true;
  }
  bool expired = false;
  const auto timer = loop_.timers().add(deadline, [&] {
    expired = true;
    notify();
  });
  wait();
  loop_.timers().cancel(timer);
  return !expired;
}

void Signal::notify() {
  set_ = true;
  if (auto* waiter = std::exchange(waiter_, nullptr)) boost::fibers::context::active()->schedule(waiter);
}

}  // namespace cloche::loop
