#include "js/isolate.h"

#include <algorithm>
#include <utility>

namespace cloche::js {
namespace {

// Called by V8 when it cannot go on; what returns from here is aborted by it.
void on_fatal() {
  if (Runner* runner = Runner::of_thread(); runner != nullptr && runner->contains_crashes()) {
    runner->give_up();
  }
}

void on_fatal_error(const char*, const char*) { on_fatal(); }
void on_out_of_memory(const char*, OomDetails) { on_fatal(); }

}  // namespace

void HeapLimit::watch(v8::Isolate* isolate) { isolate->AddNearHeapLimitCallback(near_limit, this); }

// Termination takes effect at the next check; until then allocation must go on, or V8 gives up. What comes here
// again without having looked up is a builtin that fills the heap and does not check: V8 would collect garbage,
// for seconds, before it gave up.
std::size_t HeapLimit::near_limit(void* self, std::size_t current, std::size_t initial) {
  Runner& runner = static_cast<HeapLimit*>(self)->runner_;
  if (runner.stop_reason() == Errc::heap_limit && runner.current() && runner.contains_crashes()) {
    runner.give_up();
  }
  runner.stop(Errc::heap_limit);
  return current + std::max<std::size_t>(initial / 2, std::size_t{8} << 20);
}

void HeapLimit::restore(v8::Isolate* isolate) {
  isolate->LowMemoryNotification();
  isolate->RemoveNearHeapLimitCallback(near_limit, limit_);
  watch(isolate);
}

v8::Isolate* make_isolate(const Limits& limits, std::shared_ptr<BufferAllocator> allocator,
                          MemoryAccount& memory) {
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared = std::move(allocator);
  params.allow_atomics_wait = false;  // it would block the worker, and every plugin on it
  params.constraints.ConfigureDefaultsFromHeapSize(0, limits.heap);
  v8::Isolate* isolate = v8::Isolate::New(params);
  memory.isolate_is_made();
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate->SetCaptureStackTraceForUncaughtExceptions(true, 16);
  isolate->SetFatalErrorHandler(on_fatal_error);
  isolate->SetOOMErrorHandler(on_out_of_memory);
  return isolate;
}

}  // namespace cloche::js
