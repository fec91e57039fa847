#pragma once

#include "js/console.h"
#include "js/host_functions.h"
#include "js/modules.h"
#include "js/reader.h"
#include "js/rejections.h"
#include "js/scope.h"
#include "js/timers.h"
#include "surroundings.h"

#include <cloche/bindings.h>
#include <cloche/host.h>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace cloche::js {

/// What a manifest switches in a realm.
struct RealmOptions {
  bool code_generation = true;  ///< eval and Function
  bool web_assembly = true;
};

/// One plugin's JavaScript world: a context with the language's own globals, console and timers, its modules,
/// and the host functions it was granted. Made, used and destroyed inside its isolate.
class Realm final : private FunctionHandles {
 public:
  Realm(v8::Isolate* isolate, KeyCache& keys, Surroundings& surroundings, const Bindings& bindings,
        const PackageFiles& files, const RealmOptions& options);
  Realm(const Realm&) = delete;
  Realm& operator=(const Realm&) = delete;
  ~Realm() override;

  /// The realm whose code is running, or is being called, in `context`.
  [[nodiscard]] static Realm& of(v8::Local<v8::Context> context);
  /// The same for what the engine does on its own: null when the realm is gone.
  [[nodiscard]] static Realm* find(v8::Local<v8::Context> context);

  [[nodiscard]] v8::Local<v8::Context> context(v8::Isolate* isolate) { return context_.Get(isolate); }
  /// Runs the microtasks of this realm until none is left; no other's.
  void run_microtasks() { microtasks_->PerformCheckpoint(isolate_); }

  [[nodiscard]] BoundaryParts& boundary() noexcept { return boundary_; }
  [[nodiscard]] Surroundings& surroundings() noexcept { return surroundings_; }
  [[nodiscard]] Modules& modules() noexcept { return modules_; }
  [[nodiscard]] HostFunctions& host_functions() noexcept { return host_functions_; }
  [[nodiscard]] Console& console() noexcept { return console_; }
  [[nodiscard]] TimerTable& timers() noexcept { return timers_; }
  [[nodiscard]] Rejections& rejections() noexcept { return rejections_; }

  /// The function that was kept under `id` for a handle.
  [[nodiscard]] v8::Local<v8::Function> kept(std::uint64_t id) { return kept_.at(id).Get(isolate_); }
  /// Whether the host has a handle of any.
  [[nodiscard]] bool keeps_functions() const noexcept { return !kept_.empty(); }
  /// No handle of it is left.
  void release(std::uint64_t id) { kept_.erase(id); }

 private:
  [[nodiscard]] v8::MaybeLocal<v8::Function> find(const Function& function) override;
  [[nodiscard]] Function keep(v8::Local<v8::Function> function) override;
  void install(const Entered& in);

  v8::Isolate* isolate_;
  Surroundings& surroundings_;
  std::unique_ptr<v8::MicrotaskQueue> microtasks_;  // outlives the context's use of it
  v8::Global<v8::Context> context_;
  BoundaryParts boundary_;
  HostFunctions host_functions_;
  Modules modules_;
  Console console_;
  TimerTable timers_;
  Rejections rejections_;
  std::unordered_map<std::uint64_t, v8::Global<v8::Function>> kept_;
  std::uint64_t last_kept_ = 0;
};

/// Adds a function to an object of the realm.
void install_function(const Entered& in, v8::Local<v8::Object> target, std::string_view name,
                      v8::FunctionCallback callback, v8::Local<v8::Value> data = {}, int length = 0);

}  // namespace cloche::js
