#pragma once

// Every difference between the versions of V8 that Cloche builds with (10.2, 11.3, 13.6) is here, and the
// only place that includes V8's headers with what they need around them.

#include <libplatform/libplatform.h>
#include <v8.h>

#if V8_MAJOR_VERSION >= 12
#include <cppgc/testing.h>
#include <v8-cppgc.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cloche::js {

inline v8::ScriptOrigin module_origin([[maybe_unused]] v8::Isolate* isolate, v8::Local<v8::String> name) {
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(name, 0, 0, false, -1, v8::Local<v8::Value>(), false, false, true);
#else
  return v8::ScriptOrigin(isolate, name, 0, 0, false, -1, v8::Local<v8::Value>(), false, false, true);
#endif
}

inline v8::Local<v8::Module> make_synthetic_module(v8::Isolate* isolate, v8::Local<v8::String> name,
                                                   const std::vector<v8::Local<v8::String>>& exports,
                                                   v8::Module::SyntheticModuleEvaluationSteps steps) {
#if V8_MAJOR_VERSION >= 12
  return v8::Module::CreateSyntheticModule(isolate, name, {exports.data(), exports.size()}, steps);
#else
  return v8::Module::CreateSyntheticModule(isolate, name, exports, steps);
#endif
}

/// UTF-8 of `string`, with U+FFFD for each lone surrogate.
inline void write_utf8(v8::Isolate* isolate, v8::Local<v8::String> string, std::string& out) {
#if V8_MAJOR_VERSION >= 13
  out.resize(string->Utf8LengthV2(isolate));
  string->WriteUtf8V2(isolate, out.data(), out.size(), v8::String::WriteFlags::kReplaceInvalidUtf8);
#else
  out.resize(static_cast<std::size_t>(string->Utf8Length(isolate)));
  string->WriteUtf8(isolate, out.data(), static_cast<int>(out.size()), nullptr,
                    v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
#endif
}

/// Reads a number that V8 keeps in the handle itself, without a call into the library; false for any other
/// value.
inline bool small_integer(v8::Local<v8::Value> value, double& out) {
  namespace internal = v8::internal;
#if V8_MAJOR_VERSION >= 12
  const internal::Address address = internal::ValueHelper::ValueAsAddress(*value);
#else
  const internal::Address address = *reinterpret_cast<const internal::Address*>(*value);
#endif
  if (internal::Internals::HasHeapObjectTag(address)) return false;
  out = internal::Internals::SmiValue(address);
  return true;
}

/// The handler of "out of memory inside V8"; its second parameter differs, and is not used.
#if V8_MAJOR_VERSION >= 11
using OomDetails = const v8::OOMDetails&;
#else
using OomDetails = bool;
#endif

/// From V8 12 on, a full collection scans the native stack from the stack pointer up to the start of the
/// *thread's* stack, which on a stack of our own runs off its mapping. We keep no pointers of the C++ heap on
/// the stack, and say so: once for each isolate, for its whole life.
class NoStackScan {
 public:
  void apply([[maybe_unused]] v8::Isolate* isolate) {
#if V8_MAJOR_VERSION >= 12
    if (auto* heap = isolate->GetCppHeap()) {
      scope_ = std::make_unique<cppgc::testing::OverrideEmbedderStackStateScope>(
          heap->GetHeapHandle(), cppgc::EmbedderStackState::kNoHeapPointers);
    }
#endif
  }
  void lift() {
#if V8_MAJOR_VERSION >= 12
    scope_.reset();
#endif
  }

#if V8_MAJOR_VERSION >= 12
 private:
  std::unique_ptr<cppgc::testing::OverrideEmbedderStackStateScope> scope_;
#endif
};

}  // namespace cloche::js
