#pragma once

#include "loop/clock.h"

namespace boost::fibers {
class context;
}

namespace cloche::loop {

class Loop;

/// Lets one fiber wait for another of the same Loop. A notification that comes first is kept, several count
/// as one. Belongs to its Loop's thread.
class Signal {
 public:
  explicit Signal(Loop& loop) noexcept : loop_(loop) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// Parks the calling fiber until the next `notify`.
  void wait();
  /// The same, until `deadline` at the latest; false when it was reached first.
  bool wait_until(TimePoint deadline);
  void notify();

 private:
  Loop& loop_;
  boost::fibers::context* waiter_ = nullptr;
  bool set_ = false;
};

}  // namespace cloche::loop
