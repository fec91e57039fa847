#include "js/engine.h"

#include "loop/sanitizer.h"

namespace cloche::js {

Result<Engine*> Engine::start(const std::vector<std::string>& flags) {
  // Never destroyed: threads of V8's own may still run when static objects are.
  static Engine* const engine = new Engine(flags);
  return engine;
}

Engine::Engine(const std::vector<std::string>& flags) : platform_(std::make_unique<Platform>()) {
  // A quarantined isolate must not be touched by a helper thread that collects its garbage.
  v8::V8::SetFlagsFromString("--single-threaded-gc");
  for (const std::string& flag : flags) v8::V8::SetFlagsFromString(flag.data(), flag.size());
  v8::V8::InitializePlatform(platform_.get());
  v8::V8::Initialize();
  make_first_isolate();
}

// Isolates share pages that the first one brings. That one is nobody's and stays, so that they are charged to nobody and
// never taken away.
void Engine::make_first_isolate() {
  [[maybe_unused]] const loop::MeantToStay stays;
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared.reset(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  v8::Isolate::New(params);
}

}  // namespace cloche::js
