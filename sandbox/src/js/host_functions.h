#pragma once

#include "js/reader.h"
#include "js/scope.h"
#include "rate_limit.h"
#include "usage.h"

#include <cloche/audit.h>
#include <cloche/bindings.h>
#include <memory>
#include <optional>
#include <unordered_map>

namespace cloche::js {

class Realm;
class StackServices;

/// Makes the functions of `cap:` modules: each a function of the plugin's realm that calls one bound host
/// function.
class HostFunctions {
 public:
  explicit HostFunctions(Realm& realm) noexcept : realm_(realm) {}

  /// The function for `bound`, frozen; made once.
  [[nodiscard]] v8::Local<v8::Function> get(const Entered& in, const BoundFunction& bound);

 private:
  /// What a function's callback needs, one step away.
  struct Slot {
    Slot(Realm& its_realm, const BoundFunction& its_bound);
    Realm& realm;
    BoundaryParts& boundary;
    StackServices& services;
    AuditSink* audit;  // null: nobody wants to know
    Usage& usage;
    RateLimit& rate;
    const BoundFunction& bound;
    const SyncFunction* sync = nullptr;  // null: it is asynchronous
    v8::Global<v8::Function> function;
  };

  [[nodiscard]] static std::optional<Error> ask_for(const Slot& slot);
  [[nodiscard]] static Answer run(const Slot& slot, Invocation& invocation, Call& call);
  [[nodiscard]] static Answer run_audited(const Slot& slot, Invocation& invocation, Call& call);
  static void run(const Slot& slot, CallServices& services, PendingCall& pending,
                  std::optional<Error>& refused);
  static void refuse_async(const Slot& slot, const v8::FunctionCallbackInfo<v8::Value>& info);
  static void call_sync(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void call_async(const v8::FunctionCallbackInfo<v8::Value>& info);

  Realm& realm_;
  std::unordered_map<const BoundFunction*, std::unique_ptr<Slot>> slots_;
};

}  // namespace cloche::js
