#include "js/runner.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace cloche::js {
namespace {

// What V8's own C++ and a host function may need below JavaScript's limit: 192 KiB was measured to be enough
// for V8.
constexpr std::size_t kNativeRoom = 256 * 1024;

Duration thread_cpu_now() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Runner::Runner(Worker& worker, std::size_t stack, std::shared_ptr<MemoryAccount> memory, bool contain)
    : worker_(worker), memory_(std::move(memory)), contain_(contain), stack_(stack + kNativeRoom) {}

Runner* Runner::of_thread() noexcept {
  const Worker* worker = Worker::of_thread();
  return worker == nullptr ? nullptr : worker->running;
}

void Runner::take(v8::Isolate* isolate) {
  isolate_ = isolate;
  isolate_->SetStackLimit(stack_.limit() + kNativeRoom);
  no_stack_scan_.apply(isolate_);
}

void Runner::retire() { worker_.monitor.forget(*this); }

void Runner::dispose() {
  Runner* outer = begin({});
  stack_.run([&] {
    no_stack_scan_.lift();
    isolate_->Dispose();
  });
  end(outer);
}

// An instance whose host function calls another one waits meanwhile, like one that is parked.
Runner* Runner::begin(const Budget& budget) {
  Runner* outer = worker_.running;
  if (outer != nullptr) outer->leave();
  worker_.running = this;
  allot(budget);
  return outer;
}

void Runner::allot(const Budget& budget) {
  since_ = loop::Clock::now();
  cpu_used_ = {};
  cpu_limit_ = budget.cpu;
  deadline_ = std::min(loop::after(since_, budget.wall), budget.deadline);
}

void Runner::end(Runner* outer) {
  worker_.running = nullptr;
  if (outer != nullptr) outer->come_back();
}

void Runner::leave() {
  meter_end();
  account();
  worker_.running = nullptr;
  isolate_->Exit();
}

void Runner::come_back() {
  isolate_->Enter();
  worker_.running = this;
  if (stop_) isolate_->TerminateExecution();
  since_ = loop::Clock::now();
  meter_begin();
}

Runner::Stay Runner::set_aside(const Budget& budget) {
  meter_end();
  account();
  if (stop_) isolate_->CancelTerminateExecution();
  const Stay below{cpu_limit_, deadline_, cpu_used_, std::exchange(stop_, std::nullopt)};
  allot(budget);
  meter_begin();
  return below;
}

void Runner::take_up(const Stay& below) {
  meter_end();
  static_cast<void>(take_stop());
  cpu_limit_ = below.cpu_limit;
  deadline_ = below.deadline;
  cpu_used_ = below.cpu_used;
  stop_ = below.stop;
  if (stop_) isolate_->TerminateExecution();
  since_ = loop::Clock::now();
  meter_begin();
}

void Runner::meter_begin() {
  thread_cpu_.reset();
  worker_.meter.begin(*this, std::min(loop::after(since_, cpu_limit_ - cpu_used_), deadline_));
}

void Runner::meter_end() { worker_.meter.end(); }

// The thread's CPU clock is exact but slow to read, so a stay is timed by the wall clock until it lasts long
// enough to be interrupted, and by the CPU clock from there on.
void Runner::account() {
  const loop::TimePoint now = loop::Clock::now();
  if (thread_cpu_) {
    const Duration cpu = thread_cpu_now();
    cpu_used_ += cpu - *thread_cpu_;
    thread_cpu_ = cpu;
  } else {
    cpu_used_ += now - since_;
  }
  since_ = now;
}

void Runner::interrupt() noexcept {
  if (interrupt_pending_.exchange(true)) return;
  isolate_->RequestInterrupt(
      [](v8::Isolate*, void* self) {
        auto& runner = *static_cast<Runner*>(self);
        runner.interrupt_pending_.store(false);
        runner.look_up();
      },
      this);
}

void Runner::look_up() {
  account();
  if (!thread_cpu_) thread_cpu_ = thread_cpu_now();
  if (stop_) return isolate_->TerminateExecution();
  if (cpu_used_ >= cpu_limit_) return stop(Errc::cpu_limit);
  if (since_ >= deadline_) return stop(Errc::wall_limit);
  if (!worker_.loop.should_make_way()) return;
  outside([this] { worker_.loop.yield(); });
}

void Runner::stop(Errc reason) {
  if (!active()) return;
  if (!stop_) stop_ = reason;
  isolate_->TerminateExecution();
}

std::optional<Errc> Runner::take_stop() {
  if (stop_) isolate_->CancelTerminateExecution();
  return std::exchange(stop_, std::nullopt);
}

void Runner::give_up() {
  meter_end();
  // The isolate is left as it is, for ever; the thread must not believe it is still inside.
  if (v8::Isolate* isolate = v8::Isolate::TryGetCurrent()) isolate->Exit();
  stack_.abandon();
}

}  // namespace cloche::js
