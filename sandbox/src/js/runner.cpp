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
  allot(budget);
  return outer;
}

void Runner::allot(const Budget& budget) {
  usage_ = budget.usage != nullptr ? budget.usage : &Usage::nobodys();
  usage_->stays.add();
  since_ = slice_began_ = loop::Clock::now();
  thread_cpu_.reset();
  cpu_used_ = {};
  cpu_limit_ = budget.cpu;
  deadline_ = std::min(loop::after(since_, budget.wall), budget.deadline);
}

void Runner::end(Runner* outer) {
  const bool observed = usage_->observed();
  if (thread_cpu_ || observed) account();
  worker_.running = nullptr;
  if (observed) usage_->ran({slice_began_, since_ - slice_began_}, SliceEnd::finished);
  if (outer != nullptr) outer->come_back();
}

// Where the fiber waits meanwhile, it does so for the stay. An interrupt that has begun may be about to end this one, and
// must not end what comes next.
void Runner::leave(SliceEnd why) {
  meter_end();
  note_end();
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

Runner::Stay Runner::set_aside(const Budget& budget) {
  meter_end();
  note_end();
  account();
  if (stop_) isolate_->CancelTerminateExecution();
  usage_->ran({slice_began_, since_ - slice_began_}, SliceEnd::parked);
  const Stay below{cpu_limit_, deadline_, cpu_used_, std::exchange(stop_, std::nullopt),
                   standing_,  usage_,    since_,    thread_cpu_.has_value()};
  standing_ = budget.standing;
  standing_.rank = std::max(standing_.rank, below.standing.rank);
  allot(budget);
  meter_begin();
  return below;
}

void Runner::take_up(const Stay& below) {
  meter_end();
  if (thread_cpu_ || usage_->observed()) account();
  static_cast<void>(take_stop());
  if (usage_->observed()) usage_->ran({slice_began_, since_ - slice_began_}, SliceEnd::finished);
  const loop::TimePoint back = loop::Clock::now();
  cpu_limit_ = below.cpu_limit;
  deadline_ = below.deadline;
  cpu_used_ = below.cpu_used;
  stop_ = below.stop;
  standing_ = below.standing;
  usage_ = below.usage;
  usage_->resumes({below.left, back - below.left}, SliceEnd::parked);
  if (stop_) isolate_->TerminateExecution();
  since_ = slice_began_ = back;
  thread_cpu_.reset();
  if (below.lasted) thread_cpu_ = worker_.read_cpu();
  meter_begin();
}

// What was posted just before this could not interrupt it. Background work that gets a slice it was owed keeps
// it.
void Runner::meter_begin() {
  const bool preemptible = standing_.rank == loop::Rank::background && !worker_.loop.ready().owed();
  stretch_.store(stretch_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  cpu_left_.store((cpu_limit_ - cpu_used_).count(), std::memory_order_relaxed);
  last_moment_.store(deadline_.time_since_epoch().count(), std::memory_order_relaxed);
  worker_.meter.begin(*this, preemptible ? loop::Rank::background : loop::Rank::interactive, due());
  if (preemptible && worker_.loop.has_posts()) request_interrupt();
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

// V8 calls back when it next looks; some of its builtins never do, and of those some notice that they are to
// end.
void Runner::interrupt() noexcept {
  request_interrupt();
  const std::uint64_t stretch = stretch_.load(std::memory_order_relaxed);
  const Duration cpu = worker_.cpu_from_afar();
  if (asked_ == stretch) return end_from_afar(loop::Clock::now(), cpu - cpu_when_asked_);
  asked_ = stretch;
  cpu_when_asked_ = cpu;
}

void Runner::request_interrupt() noexcept {
  if (interrupt_pending_.exchange(true)) return;
  isolate_->RequestInterrupt(
      [](v8::Isolate*, void* self) {
        auto& runner = *static_cast<Runner*>(self);
        runner.interrupt_pending_.store(false);
        // One under way may have seen the flag, and be about to end the stay: from here on its end is noted, or
        // the flag is set again.
        runner.worker_.monitor.quiesce();
        runner.look_up();
      },
      this);
}

// Ends what has not looked up since it was asked, once its time is over without doubt: it has computed since
// for as long as it might when its stretch began, or its last moment is past.
void Runner::end_from_afar(loop::TimePoint now, Duration cpu_since_asked) noexcept {
  if (!interrupt_pending_.load()) return;
  const bool late = now.time_since_epoch().count() > last_moment_.load(std::memory_order_relaxed);
  if (!late && cpu_since_asked.count() < cpu_left_.load(std::memory_order_relaxed)) return;
  ended_.store(static_cast<int>(late ? Errc::wall_limit : Errc::cpu_limit));
  isolate_->TerminateExecution();
}

// The termination has been asked for, or will have been when no interrupt is under way.
void Runner::note_end() {
  worker_.monitor.quiesce();
  const int reason = ended_.exchange(kNotEnded);
  if (reason == kNotEnded || stop_) return;
  stop_ = static_cast<Errc>(reason);
  usage_->stopped(*stop_);
}

// The stay is over, and an interrupt that comes too late for it must not end the next one.
void Runner::forget_end() {
  worker_.monitor.quiesce();
  if (ended_.exchange(kNotEnded) != kNotEnded) isolate_->CancelTerminateExecution();
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
  if (stop_reason()) return isolate_->TerminateExecution();
  if (cpu_used_ >= cpu_limit_) return stop(Errc::cpu_limit);
  if (since_ >= deadline_) return stop(Errc::wall_limit);
  if (cpu_used_ >= worker_.monitor.slice()) standing_.rank = loop::Rank::background;
  if (worker_.loop.should_make_way()) return outside([this] { worker_.loop.yield(); }, SliceEnd::preempted);
  meter_begin();
}

void Runner::stop(Errc reason) {
  if (!active()) return;
  if (!stop_reason()) {
    stop_ = reason;
    usage_->stopped(reason);
  }
  isolate_->TerminateExecution();
}

std::optional<Errc> Runner::take_stop() {
  if (stop_reason()) isolate_->CancelTerminateExecution();
  return std::exchange(stop_, std::nullopt);
}

void Runner::park(const Parking& arm) {
  Realm::of(isolate_->GetCurrentContext()).surroundings().sync_services().park_call(arm);
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
