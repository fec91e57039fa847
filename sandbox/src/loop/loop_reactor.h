#pragma once

#include "loop/loop.h"

#include <cloche/reactor.h>

namespace cloche::loop {

/// The Reactor of a Loop's thread: what it is given runs on the Loop's server, between the turns of plugins.
class LoopReactor final : public Reactor {
 public:
  explicit LoopReactor(Loop& loop) noexcept : loop_(loop) {}
  ~LoopReactor() override { end_services(); }

  [[nodiscard]] Result<std::unique_ptr<Watch>> watch(int descriptor, Interest interest,
                                                     std::function<void(Ready)> ready) override;
  [[nodiscard]] std::unique_ptr<Alarm> after(Duration delay, std::function<void()> due) override;

 private:
  class LoopWatch;
  class LoopAlarm;

  Loop& loop_;
};

}  // namespace cloche::loop
