#include "floor.h"

#include "subject.h"

#include <v8.h>

namespace cloche::bench {
namespace {

v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view utf8) {
  return v8::String::NewFromUtf8(isolate, utf8.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(utf8.size()))
      .ToLocalChecked();
}

void add1(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info[0].As<v8::Number>()->Value() + 1);
}

v8::ScriptOrigin origin([[maybe_unused]] v8::Isolate* isolate, v8::Local<v8::String> name) {
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(name, 0, 0, false, -1, {}, false, false, true);
#else
  return v8::ScriptOrigin(isolate, name, 0, 0, false, -1, {}, false, false, true);
#endif
}

// The plugin imports one capability: a synthetic module with a bare callback.
v8::MaybeLocal<v8::Value> evaluate_capability(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  const auto function = v8::FunctionTemplate::New(isolate, add1)->GetFunction(context).ToLocalChecked();
  module->SetSyntheticModuleExport(isolate, text(isolate, "add1"), function).Check();
  const auto resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  resolver->Resolve(context, v8::Undefined(isolate)).Check();
  return resolver->GetPromise();
}

v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context, v8::Local<v8::String> name,
                                   v8::Local<v8::FixedArray>, v8::Local<v8::Module>) {
  v8::Isolate* isolate = context->GetIsolate();
#if V8_MAJOR_VERSION >= 12
  const v8::Local<v8::String> exports[] = {text(isolate, "add1")};
  return v8::Module::CreateSyntheticModule(isolate, name, {exports, 1}, evaluate_capability);
#else
  return v8::Module::CreateSyntheticModule(isolate, name, {text(isolate, "add1")}, evaluate_capability);
#endif
}

}  // namespace

struct BareV8::State {
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator{v8::ArrayBuffer::Allocator::NewDefaultAllocator()};
  v8::Isolate* isolate = nullptr;
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> handle;
  v8::Global<v8::Function> add_many;
};

BareV8::BareV8() : state_(std::make_unique<State>()) {
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = state_->allocator.get();
  params.constraints.ConfigureDefaultsFromHeapSize(0, 64U << 20);
  v8::Isolate* isolate = state_->isolate = v8::Isolate::New(params);
  const v8::Isolate::Scope isolate_scope(isolate);
  const v8::HandleScope handle_scope(isolate);
  const auto context = v8::Context::New(isolate);
  state_->context.Reset(isolate, context);
  const v8::Context::Scope context_scope(context);
  v8::ScriptCompiler::Source source(text(isolate, kPluginSource), origin(isolate, text(isolate, "main.mjs")));
  const auto module = v8::ScriptCompiler::CompileModule(isolate, &source).ToLocalChecked();
  module->InstantiateModule(context, resolve).Check();
  module->Evaluate(context).ToLocalChecked();
  const auto exports = module->GetModuleNamespace().As<v8::Object>();
  const auto function = [&](std::string_view name) {
    return exports->Get(context, text(isolate, name)).ToLocalChecked().As<v8::Function>();
  };
  state_->handle.Reset(isolate, function("handle"));
  state_->add_many.Reset(isolate, function("addMany"));
  v8::Local<v8::Value> argument = v8::Number::New(isolate, 1);
  function("handle")->Call(context, v8::Undefined(isolate), 1, &argument).ToLocalChecked();
}

BareV8::~BareV8() {
  state_->handle.Reset();
  state_->add_many.Reset();
  state_->context.Reset();
  state_->isolate->Dispose();
}

double BareV8::call_handle(std::size_t count) {
  v8::Isolate* isolate = state_->isolate;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const v8::Isolate::Scope isolate_scope(isolate);
    const v8::HandleScope handle_scope(isolate);
    const auto context = state_->context.Get(isolate);
    const v8::Context::Scope context_scope(context);
    const v8::TryCatch caught(isolate);
    v8::Local<v8::Value> argument = v8::Number::New(isolate, static_cast<double>(i));
    const auto result =
        state_->handle.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument).ToLocalChecked();
    sum += result.As<v8::Number>()->Value();
  }
  return sum;
}

double BareV8::call_add_many(std::size_t count) {
  v8::Isolate* isolate = state_->isolate;
  const v8::Isolate::Scope isolate_scope(isolate);
  const v8::HandleScope handle_scope(isolate);
  const auto context = state_->context.Get(isolate);
  const v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> argument = v8::Number::New(isolate, static_cast<double>(count));
  const auto result =
      state_->add_many.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument).ToLocalChecked();
  return result.As<v8::Number>()->Value();
}

}  // namespace cloche::bench
