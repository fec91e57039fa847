#include "js/engine.h"

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
}

}  // namespace cloche::js
