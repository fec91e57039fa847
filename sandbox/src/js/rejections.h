#pragma once

#include "js/scope.h"

#include <vector>

namespace cloche::js {

class Realm;

/// Errors nobody caught: promises that were rejected and not handled by the end of the turn, and what a
/// callback of `queueMicrotask` threw.
class Rejections {
 public:
  explicit Rejections(Realm& realm) noexcept : realm_(realm) {}

  /// What V8 calls; set once for an isolate.
  static void install(v8::Isolate* isolate);

  /// Somebody takes care of this one.
  void handle(v8::Local<v8::Promise> promise);

  /// At the end of a turn.
  void report(const Entered& in);

 private:
  struct Rejected {
    v8::Global<v8::Promise> promise;
    v8::Global<v8::Value> reason;
  };
  static void on_reject(v8::PromiseRejectMessage message);
  static void on_message(v8::Local<v8::Message> message, v8::Local<v8::Value> exception);

  Realm& realm_;
  std::vector<Rejected> rejected_;
};

}  // namespace cloche::js
