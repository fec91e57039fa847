#include "loop/loop_reactor.h"

#include <utility>

namespace cloche::loop {

class LoopReactor::LoopWatch final : public Watch {
 public:
  LoopWatch(Descriptors& descriptors, Descriptors::Id id) : descriptors_(descriptors), id_(id) {}
  ~LoopWatch() override { descriptors_.remove(id_); }
  void want(Interest interest) override { descriptors_.change(id_, interest); }

 private:
  Descriptors& descriptors_;
  const Descriptors::Id id_;
};

class LoopReactor::LoopAlarm final : public Alarm {
 public:
  LoopAlarm(Timers& timers, Timers::Id id) : timers_(timers), id_(id) {}
  ~LoopAlarm() override { timers_.cancel(id_); }

 private:
  Timers& timers_;
  const Timers::Id id_;
};

Result<std::unique_ptr<Reactor::Watch>> LoopReactor::watch(int descriptor, Interest interest,
                                                           std::function<void(Ready)> ready) {
  loop_.watch_descriptors();
  const auto id = loop_.descriptors().add(descriptor, interest, std::move(ready));
  if (!id) return id.error();
  return std::unique_ptr<Watch>(std::make_unique<LoopWatch>(loop_.descriptors(), *id));
}

std::unique_ptr<Reactor::Alarm> LoopReactor::after(Duration delay, std::function<void()> due) {
  Timers& timers = loop_.timers();
  auto alarm =
      std::make_unique<LoopAlarm>(timers, timers.add(loop::after(Clock::now(), delay), std::move(due)));
  loop_.refresh_wake_handle();
  return alarm;
}

}  // namespace cloche::loop
