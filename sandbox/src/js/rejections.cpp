#include "js/rejections.h"

#include "js/errors.h"
#include "js/realm.h"

#include <utility>

namespace cloche::js {
namespace {

constexpr std::size_t kMost = 100;  // a flood is told by its first hundred

}  // namespace

void Rejections::install(v8::Isolate* isolate) {
  isolate->SetPromiseRejectCallback(on_reject);
  isolate->AddMessageListener(on_message);
}

// V8 calls it for what a microtask threw; everything else is caught by whoever called.
void Rejections::on_message(v8::Local<v8::Message> message, v8::Local<v8::Value> exception) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!isolate->InContext()) return;
  const Entered in{isolate, isolate->GetCurrentContext()};
  if (Realm* realm = Realm::find(in.context))
    realm->surroundings().unhandled_rejection(to_error(in, exception, message));
}

void Rejections::on_reject(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::HandleScope handle_scope(isolate);
  const auto promise = message.GetPromise();
  v8::Local<v8::Context> context;
  if (!promise->GetCreationContext().ToLocal(&context)) return;
  Realm* const realm = Realm::find(context);
  if (realm == nullptr) return;
  auto& rejected = realm->rejections().rejected_;
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
    if (rejected.size() >= kMost) return;
    rejected.push_back(
        {v8::Global<v8::Promise>(isolate, promise), v8::Global<v8::Value>(isolate, message.GetValue())});
  } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
    realm->rejections().handle(promise);
  }
}

void Rejections::handle(v8::Local<v8::Promise> promise) {
  std::erase_if(rejected_, [&](const Rejected& entry) { return entry.promise == promise; });
}

void Rejections::report(const Entered& in) {
  if (rejected_.empty()) return;
  for (const Rejected& entry : std::exchange(rejected_, {})) {
    realm_.surroundings().unhandled_rejection(to_error(in, entry.reason.Get(in.isolate), {}));
  }
}

}  // namespace cloche::js
