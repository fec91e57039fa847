#include "js/isolate_home.h"

#include "js/engine.h"
#include "js/heap_estimate.h"
#include "js/modules.h"
#include "js/rejections.h"

#include <algorithm>
#include <utility>

namespace cloche::js {
namespace {

// What a realm and a small program add to an isolate: three pages of V8's.
constexpr ByteCount kRoomForModules = 3 * 256 * 1024;

Engine& engine() { return *Engine::start({}).value(); }

}  // namespace

IsolateHome::IsolateHome(Worker& worker, std::string group, const Limits& limits, bool contain)
    : worker_(worker),
      group_(std::move(group)),
      limits_(limits),
      memory_(std::make_shared<MemoryAccount>(limits.heap, limits.external)),
      buffers_(std::make_shared<BufferAllocator>(memory_)),
      runner_(worker, limits.stack, memory_, contain),
      heap_limit_(runner_, limits.heap) {}

std::shared_ptr<IsolateHome> IsolateHome::of(Worker& worker, const std::string& group, const Limits& limits,
                                             bool contain) {
  if (group.empty()) return std::make_shared<IsolateHome>(worker, group, limits, contain);
  std::weak_ptr<IsolateHome>& known = worker.groups[group];
  auto home = known.lock();
  if (!home) known = home = std::make_shared<IsolateHome>(worker, group, limits, contain);
  return home;
}

// The next of the group begins anew, even while handles keep this home.
void IsolateHome::leave_group() {
  const auto known = worker_.groups.find(group_);
  if (known != worker_.groups.end() && known->second.lock().get() == this) worker_.groups.erase(known);
}

bool IsolateHome::has_below(const Tenant& tenant) const noexcept {
  for (const Below* below = below_; below != nullptr; below = below->next) {
    if (below->tenant == &tenant) return true;
  }
  return false;
}

void IsolateHome::stop(const Tenant& tenant, Errc reason) {
  if (inside_ == &tenant) runner_.stop(reason);
  for (Below* below = below_; below != nullptr; below = below->next) {
    if (below->tenant == &tenant && !below->stay.stop) below->stay.stop = reason;
  }
}

void IsolateHome::move_in(Tenant& tenant) {
  tenants_.push_back(&tenant);
  if (runner_.isolate() == nullptr) make(tenant);
}

void IsolateHome::move_out(Tenant& tenant) {
  if (std::erase(tenants_, &tenant) == 0) return;  // it crashed
  std::erase(waiting_, &tenant);
  if (tenants_.empty()) return destroy();
  hand_out_engine_tasks();  // those that it had taken on
}

void IsolateHome::make(const Tenant& first) {
  inside_ = &first;
  runner_.adopt([this] { return make_isolate(limits_, buffers_, *memory_); });
  if (!runner_.crashed()) {
    runner_.enter({}, [this] {
      heap_limit_.watch(isolate());
      Modules::install(isolate());
      Rejections::install(isolate());
    });
  }
  if (runner_.crashed()) return crash();
  inside_ = nullptr;
  smallest_pages_ = memory_->pages().used() + kRoomForModules;
  tasks_ = engine().platform().runner(isolate());
  tasks_->set_wake([&loop = worker_.loop, weak = weak_from_this()](double seconds) {
    const auto delay = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    loop.post([&loop, weak, delay] {
      loop.timers().add(loop::after(loop::Clock::now(), delay), [weak] {
        if (const auto self = weak.lock()) self->hand_out_engine_tasks();
      });
    });
  });
}

void IsolateHome::destroy() {
  leave_group();
  tasks_->set_wake({});
  runner_.retire();
  v8::Isolate* const gone = isolate();
  runner_.dispose();
  engine().platform().forget(gone);
}

// The isolate is never entered again, and nothing that refers to it may be destroyed. The stays are lost, but
// the stack they were on is still there.
void IsolateHome::crash() {
  leave_group();
  if (tasks_) tasks_->set_wake({});
  runner_.retire();
  waiting_.clear();
  take_away_memory();
  for (Tenant* tenant : std::exchange(tenants_, {}))
    tenant->isolate_crashed(inside_ == tenant || has_below(*tenant));
  inside_ = nullptr;
  below_ = nullptr;
}

void IsolateHome::take_away_memory() {
  memory_->bury([memory = memory_, buffers = buffers_] {
    engine().platform().pages().take_away(*memory);
    buffers->free_all();
  });
}

void IsolateHome::watch_idleness() {
  shrunk_ = false;
  arm_idle_timer(worker_.idle_time.begin(loop::Clock::now()), false);
}

void IsolateHome::arm_idle_timer(loop::TimePoint time, bool in_turn) {
  if (time == loop::TimePoint::max()) return;
  worker_.loop.timers().add(time, [weak = weak_from_this(), in_turn] {
    if (const auto self = weak.lock()) self->look_idle(in_turn);
  });
}

// Memory is given back when the isolate was idle for a while, in a turn among all that are, and when nobody
// else wants to run.
void IsolateHome::look_idle(bool in_turn) {
  if (tenants_.empty()) return;
  const loop::TimePoint now = loop::Clock::now();
  const loop::TimePoint idle = worker_.idle_time.begin(runner_.active() ? now : runner_.last_used());
  if (now < idle) return arm_idle_timer(idle, false);
  if (!in_turn || worker_.loop.should_make_way()) return arm_idle_timer(worker_.idle_time.reserve(now), true);
  shrink();
}

// A collection takes milliseconds: it is worth that only where the heap has grown.
void IsolateHome::shrink() {
  runner_.discard_unused_stack();
  if (memory_->pages().used() > smallest_pages_) {
    enter_for(nullptr, {.standing = {nullptr, loop::Rank::background}},
              [this] { isolate()->LowMemoryNotification(); });
    smallest_pages_ = memory_->pages().used();
  }
  shrunk_ = true;
}

void IsolateHome::estimate_heaps() {
  if (!estimate_.expired()) return;
  const auto pending = std::make_shared<int>();
  estimate_ = pending;
  js::estimate_heaps(isolate(), pending);
}

void IsolateHome::wait_until_free(Tenant& tenant) {
  if (std::ranges::find(waiting_, &tenant) == waiting_.end()) waiting_.push_back(&tenant);
}

void IsolateHome::call_waiting() {
  for (Tenant* tenant : std::exchange(waiting_, {})) tenant->isolate_is_free();
}

void IsolateHome::hand_out_engine_tasks() {
  std::ranges::any_of(tenants_, [](Tenant* tenant) { return tenant->take_engine_tasks(); });
}

void IsolateHome::run_engine_tasks() {
  for (const auto& task : tasks_->take_due()) task->Run();
  for (Tenant* tenant : tenants_) {
    if (tenant != inside_) tenant->run_microtasks_soon();
  }
}

std::optional<Errc> IsolateHome::take_stop() {
  const auto stopped = runner_.take_stop();
  if (stopped == Errc::heap_limit) heap_limit_.restore(isolate());
  return stopped;
}

}  // namespace cloche::js
