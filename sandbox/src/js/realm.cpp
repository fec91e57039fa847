#include "js/realm.h"

namespace cloche::js {
namespace {

constexpr int kRealmSlot = 1;  // of the context's embedder data; 0 is the inspector's

void remove_global(const Entered& in, v8::Local<v8::Object> global, std::string_view name) {
  global->Delete(in.context, make_name(in.isolate, name)).Check();
}

}  // namespace

void install_function(const Entered& in, v8::Local<v8::Object> target, std::string_view name,
                      v8::FunctionCallback callback, v8::Local<v8::Value> data, int length) {
  const auto function =
      v8::Function::New(in.context, callback, data, length, v8::ConstructorBehavior::kThrow).ToLocalChecked();
  const auto key = make_name(in.isolate, name);
  function->SetName(key);
  target->DefineOwnProperty(in.context, key, function, v8::DontEnum).Check();
}

Realm::Realm(v8::Isolate* isolate, KeyCache& keys, Surroundings& surroundings, const Bindings& bindings,
             const PackageFiles& files, const RealmOptions& options)
    : isolate_(isolate),
      surroundings_(surroundings),
      microtasks_(v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit)),
      boundary_{keys, *this, surroundings.limits().message, surroundings.usage()},
      host_functions_(*this),
      modules_(*this, bindings, files),
      console_(*this),
      timers_(*this),
      rejections_(*this) {
  const v8::HandleScope handle_scope(isolate);
  const auto context = v8::Context::New(isolate, nullptr, {}, {}, {}, microtasks_.get());
  context->SetAlignedPointerInEmbedderData(kRealmSlot, this);
  context->AllowCodeGenerationFromStrings(options.code_generation);
  context_.Reset(isolate, context);
  const v8::Context::Scope context_scope(context);
  const Entered in{isolate, context};
  if (!options.web_assembly) remove_global(in, context->Global(), "WebAssembly");
  install(in);
}

// Until it is collected, the engine may still come to the context (a finalisation, a compilation that ended):
// nothing runs in it any more, and it leads nowhere.
Realm::~Realm() {
  const v8::HandleScope handle_scope(isolate_);
  const auto context = context_.Get(isolate_);
  context->SetAbortScriptExecution([](v8::Isolate*, v8::Local<v8::Context>) {});
  context->SetAlignedPointerInEmbedderData(kRealmSlot, nullptr);
  context->DetachGlobal();
}

Realm* Realm::find(v8::Local<v8::Context> context) {
  return static_cast<Realm*>(context->GetAlignedPointerFromEmbedderData(kRealmSlot));
}

Realm& Realm::of(v8::Local<v8::Context> context) { return *find(context); }

void Realm::install(const Entered& in) {
  const auto global = in.context->Global();
  // Memory shared between threads is a fine clock, and there are no threads to share it with.
  remove_global(in, global, "SharedArrayBuffer");
  remove_global(in, global, "Atomics");
  console_.install(in, global);
  timers_.install(in, global);
}

Function Realm::keep(v8::Local<v8::Function> function) {
  const std::uint64_t id = ++last_kept_;
  kept_[id].Reset(isolate_, function);
  return surroundings_.make_handle(id, to_utf8(isolate_, function->GetName()));
}

v8::MaybeLocal<v8::Function> Realm::find(const Function& function) {
  const auto id = surroundings_.handle_id(function);
  const auto kept = id ? kept_.find(*id) : kept_.end();
  if (kept == kept_.end()) return {};
  return kept->second.Get(isolate_);
}

}  // namespace cloche::js
