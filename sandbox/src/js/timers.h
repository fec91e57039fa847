#pragma once

#include "js/scope.h"
#include "loop/timers.h"

#include <cstdint>
#include <map>
#include <vector>

namespace cloche::js {

class Realm;

/// `setTimeout`, `setInterval`, `clearTimeout`, `clearInterval` (HTML Standard, "Timers") and
/// `queueMicrotask` of one realm. Delays are in milliseconds; timers of one delay fire in the order they were
/// set.
class TimerTable {
 public:
  explicit TimerTable(Realm& realm) noexcept : realm_(realm) {}
  ~TimerTable() { disarm(); }
  void install(const Entered& in, v8::Local<v8::Object> global);
  /// None fires any more. Touches nothing of the isolate, which may be dead.
  void disarm();

 private:
  struct Timer {
    v8::Global<v8::Function> callback;
    std::vector<v8::Global<v8::Value>> arguments;
    loop::Timers::Id due;
    std::chrono::nanoseconds interval{};  // zero: fires once
  };

  static void set(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void clear(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void queue_microtask(const v8::FunctionCallbackInfo<v8::Value>& info);

  void arm(std::uint32_t id, Timer& timer, std::chrono::nanoseconds delay);
  void fire(std::uint32_t id);
  void count();

  Realm& realm_;
  std::map<std::uint32_t, Timer> timers_;
  std::uint32_t last_ = 0;
};

}  // namespace cloche::js
