#include "js/runner.h"

#include "js/realm.h"
#include "js/services.h"

#include <algorithm>
#include <utility>

namespace cloche::js {
namespace {

// What V8's own C++ and a host function may need below JavaScript's limit: 192 KiB was measured to be enough
// for V8.
constexpr std::size_t kNativeRoom = 256 * 1024;

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
  standing_ = budget.standing;
  if (outer != nullptr) {
    outer->leave(SliceEnd::parked);
    standing_.rank = std::max(standing_.rank, outer->rank());
  }
  worker_.running = this;
  usage_ = budget.usage != nullptr ? budget.usage : &Usage::nobodys();
  usage_->stays.add();
  since_ = slice_began_ = loop::Clock::now();
  thread_cpu_.reset();
  cpu_used_ = {};
  cpu_limit_ = budget.cpu;
  deadline_ = std::min(loop::after(since_, budget.wall), budget.deadline);
  return outer;
}

void Runner::end(Runner* outer) {
  const bool observed = usage_->observed();
  if (thread_cpu_ || observed) account();
  worker_.running = nullptr;
  if (observed) usage_->ran({slice_began_, since_ - slice_began_}, SliceEnd::finished);
  if (outer != nullptr) outer->come_back();
}

// Where the fiber waits meanwhile, it does so for the stay.
void Runner::leave(SliceEnd why) {
  meter_end();
  account();
  worker_.running = nullptr;
  isolate_->Exit();
  outside_ = worker_.loop.place().exchange(standing_);
  usage_->ran({slice_began_, since_ - slice_began_}, why);
  slice_began_ = since_;
  away_ = why;
}

void Runner::come_back() {
  const loop::TimePoint back = loop::Clock::now();
  usage_->resumes({slice_began_, back - slice_began_}, away_);
  worker_.loop.place().exchange(outside_);
  isolate_->Enter();
  worker_.running = this;
  if (stop_) isolate_->TerminateExecution();
  since_ = slice_began_ = back;
  if (thread_cpu_) thread_cpu_ = worker_.read_cpu();
  meter_begin();
}

// What was posted just before this could not interrupt it. Background work that gets a slice it was owed keeps
// it.
void Runner::meter_begin() {
  const bool preemptible = standing_.rank == loop::Rank::background && !worker_.loop.ready().owed();
  worker_.meter.begin(*this, preemptible ? loop::Rank::background : loop::Rank::interactive, due());
  if (preemptible && worker_.loop.has_posts()) interrupt();
}

loop::TimePoint Runner::due() {
  const loop::TimePoint slice = since_ + worker_.monitor.slice();
  const loop::TimePoint spent = loop::after(since_, cpu_limit_ - cpu_used_);
  const loop::TimePoint waited = std::min(worker_.loop.deadlines().next(), worker_.loop.poll_deadline());
  return std::min(std::min(slice, spent), std::min(deadline_, waited));
}

// The thread's CPU clock is exact but slow to read, so a stay is timed by the wall clock until it lasts long
// enough to be interrupted, and by the CPU clock from there on.
void Runner::account() {
  const loop::TimePoint now = loop::Clock::now();
  Duration computed = now - std::exchange(since_, now);
  usage_->inside.add(static_cast<std::uint64_t>(computed.count()));
  if (thread_cpu_) {
    const Duration cpu = worker_.read_cpu();
    computed = cpu - std::exchange(*thread_cpu_, cpu);
  }
  cpu_used_ += computed;
  usage_->cpu.add(static_cast<std::uint64_t>(std::max(computed, Duration::zero()).count()));
  if (standing_.share != nullptr) standing_.share->charge(computed);
}

void Runner::count_sample() {
  constexpr std::uint64_t kStandsFor = 32;
  const Duration time = loop::Clock::now() - since_;
  usage_->cpu.add(kStandsFor * static_cast<std::uint64_t>(time.count()));
  usage_->inside.add(kStandsFor * static_cast<std::uint64_t>(time.count()));
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

// The CPU clock was not read when the stay began. It was at least what it had been when it was last read, and
// it has advanced by no more than the time that has passed.
void Runner::time_by_cpu_clock() {
  const Duration before = worker_.cpu_read();
  thread_cpu_ = std::max(worker_.read_cpu() - (loop::Clock::now() - since_), before);
}

void Runner::look_up() {
  if (!thread_cpu_) time_by_cpu_clock();
  account();
  if (stop_) return isolate_->TerminateExecution();
  if (cpu_used_ >= cpu_limit_) return stop(Errc::cpu_limit);
  if (since_ >= deadline_) return stop(Errc::wall_limit);
  if (cpu_used_ >= worker_.monitor.slice()) standing_.rank = loop::Rank::background;
  if (worker_.loop.should_make_way()) return outside([this] { worker_.loop.yield(); }, SliceEnd::preempted);
  meter_begin();
}

void Runner::stop(Errc reason) {
  if (!active()) return;
  if (!stop_) {
    stop_ = reason;
    usage_->stopped(reason);
  }
  isolate_->TerminateExecution();
}

std::optional<Errc> Runner::take_stop() {
  if (stop_) isolate_->CancelTerminateExecution();
  return std::exchange(stop_, std::nullopt);
}

void Runner::park(const Parking& arm) {
  Waits& waits = Realm::of(isolate_->GetCurrentContext()).surroundings().waits();
  outside([&] { waits.park(arm); });
}

void Runner::give_up() {
  meter_end();
  // A builtin that ran out of memory may have left millions of handles, which are no pages.
  if (handles_ != nullptr) handles_->~HandleScope();
  // The isolate is left as it is, for ever; the thread must not believe it is still inside.
  if (v8::Isolate* isolate = v8::Isolate::TryGetCurrent()) isolate->Exit();
  stack_.abandon();
}

}  // namespace cloche::js
