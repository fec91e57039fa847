#include "js/services.h"

#include "js/runner.h"
#include "loop/signal.h"

#include <memory>

namespace cloche::js {
namespace {

Error cancelled_error() { return {Errc::cancelled, "the call was cancelled while the host function waited"}; }

}  // namespace

Result<void> Waits::blocking(const std::function<void()>& job) {
  if (cancelled_) return cancelled_error();
  loop::Signal done(worker_.loop);
  worker_.blocking.run([&, rank = worker_.loop.place().standing().rank] {
    job();
    worker_.loop.post([&done] { done.notify(); }, rank);
  });
  done.wait();
  return {};
}

void Waits::park(const Parking& arm) {
  if (cancelled_) return;
  auto place = wakes_.end();
  worker_.loop.park([&](std::function<void()> wake) {
    place = wakes_.insert(wakes_.end(), wake);
    arm(std::move(wake));
  });
  wakes_.erase(place);
}

void Waits::cancel_all() {
  cancelled_ = true;
  for (const auto& wake : wakes_) wake();
}

bool StackServices::cancelled() const noexcept {
  return waits_.cancelled() || runner_.stop_reason().has_value();
}

Result<void> StackServices::run_blocking(const std::function<void()>& job) {
  auto& deadlines = runner_.worker().loop.deadlines();
  const auto timer = deadlines.add(runner_.deadline(), overdue_);
  auto ran = runner_.outside([&] { return waits_.blocking(job); });
  deadlines.cancel(timer);
  return ran;
}

void StackServices::park(const Parking& arm) {
  auto& deadlines = runner_.worker().loop.deadlines();
  std::function<void()> give_up;
  const auto timer = deadlines.add(runner_.deadline(), [&] {
    overdue_();
    give_up();
  });
  runner_.outside([&] {
    waits_.park([&](std::function<void()> wake) {
      give_up = wake;
      arm(std::move(wake));
    });
  });
  deadlines.cancel(timer);
}

}  // namespace cloche::js
