#include "js/timers.h"

#include "js/errors.h"
#include "js/realm.h"

#include <cmath>

namespace cloche::js {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

Entered entered(const Info& info) { return {info.GetIsolate(), info.GetIsolate()->GetCurrentContext()}; }

// The HTML Standard's clamp: what is no number, negative or too large is no delay.
std::chrono::nanoseconds delay_of(const Entered& in, v8::Local<v8::Value> value) {
  constexpr double kLongest = 2147483647;
  const double number = value->NumberValue(in.context).FromMaybe(0);
  const bool usable = number > 0 && number <= kLongest;
  return std::chrono::milliseconds(usable ? static_cast<std::int64_t>(number) : 0);
}

bool require_function(const Entered& in, v8::Local<v8::Value> value, const char* name) {
  if (value->IsFunction()) return true;
  const std::string text = std::string(name) + ": argument 1 (callback): expected a function";
  in.isolate->ThrowException(to_exception(in, {Errc::invalid_argument, text}));
  return false;
}

// An interval of nothing would never let the loop sleep.
constexpr std::chrono::milliseconds kShortestInterval{1};

}  // namespace

void TimerTable::disarm() {
  for (auto& [id, timer] : timers_) realm_.surroundings().worker().loop.timers().cancel(timer.due);
}

void TimerTable::install(const Entered& in, v8::Local<v8::Object> global) {
  install_function(in, global, "setTimeout", set, v8::False(in.isolate), 1);
  install_function(in, global, "setInterval", set, v8::True(in.isolate), 1);
  install_function(in, global, "clearTimeout", clear);
  install_function(in, global, "clearInterval", clear);
  install_function(in, global, "queueMicrotask", queue_microtask, {}, 1);
}

void TimerTable::arm(std::uint32_t id, Timer& timer, std::chrono::nanoseconds delay) {
  Surroundings& around = realm_.surroundings();
  timer.due = around.worker().loop.timers().add(loop::after(loop::Clock::now(), delay), [this, id, &around] {
    around.enqueue(TurnSource::timer, [this, id] { fire(id); });
  });
}

void TimerTable::set(const Info& info) {
  const Entered in = entered(info);
  const bool repeats = info.Data()->IsTrue();
  TimerTable& table = Realm::of(in.context).timers();
  if (!require_function(in, info[0], repeats ? "setInterval" : "setTimeout")) return;
  if (table.timers_.size() >= table.realm_.surroundings().limits().timers) {
    const std::string text = "no more than " + std::to_string(table.realm_.surroundings().limits().timers) +
                             " timers may be set at once";
    table.realm_.surroundings().usage().hit(Limit::timers);
    in.isolate->ThrowException(to_exception(in, {Errc::timer_limit, text}));
    return;
  }
  const auto delay = delay_of(in, info[1]);
  const std::uint32_t id = ++table.last_;
  Timer& timer = table.timers_[id];
  timer.callback.Reset(in.isolate, info[0].As<v8::Function>());
  for (int i = 2; i < info.Length(); ++i) timer.arguments.emplace_back(in.isolate, info[i]);
  if (repeats) timer.interval = std::max<std::chrono::nanoseconds>(delay, kShortestInterval);
  table.arm(id, timer, delay);
  table.count();
  info.GetReturnValue().Set(id);
}

void TimerTable::clear(const Info& info) {
  const Entered in = entered(info);
  TimerTable& table = Realm::of(in.context).timers();
  const auto timer = table.timers_.find(info[0]->Uint32Value(in.context).FromMaybe(0));
  if (timer == table.timers_.end()) return;
  table.realm_.surroundings().worker().loop.timers().cancel(timer->second.due);
  table.timers_.erase(timer);
  table.count();
}

void TimerTable::count() { realm_.surroundings().usage().timers.set(timers_.size()); }

void TimerTable::fire(std::uint32_t id) {
  const auto found = timers_.find(id);
  if (found == timers_.end()) return;  // cleared after it was due
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const auto context = realm_.context(isolate);
  const auto callback = found->second.callback.Get(isolate);
  std::vector<v8::Local<v8::Value>> arguments;
  for (const auto& argument : found->second.arguments) arguments.push_back(argument.Get(isolate));
  if (found->second.interval.count() > 0) {
    arm(id, found->second, found->second.interval);
  } else {
    timers_.erase(found);
    count();
  }
  v8::TryCatch caught(isolate);
  const bool done =
      !callback->Call(context, context->Global(), static_cast<int>(arguments.size()), arguments.data())
           .IsEmpty();
  if (done || caught.HasTerminated()) return;
  realm_.surroundings().unhandled_rejection(
      to_error({isolate, context}, caught.Exception(), caught.Message()));
}

void TimerTable::queue_microtask(const Info& info) {
  const Entered in = entered(info);
  if (require_function(in, info[0], "queueMicrotask"))
    in.isolate->EnqueueMicrotask(info[0].As<v8::Function>());
}

}  // namespace cloche::js
