#pragma once

#include "js/compat.h"

#include <bit>
#include <cloche/boundary.h>
#include <string_view>

namespace cloche::js {

/// Proof that an isolate is entered, with its context: what needs that takes it as a parameter.
struct Entered {
  v8::Isolate* isolate;
  v8::Local<v8::Context> context;
};

// A ValueRef of an engine value is the address in its handle: valid as long as the handle scope it was made
// in.
static_assert(sizeof(v8::Local<v8::Value>) == sizeof(ValueRef));

inline ValueRef to_ref(v8::Local<v8::Value> value) noexcept {
  ValueRef ref;
  std::memcpy(static_cast<void*>(&ref), &value, sizeof ref);
  return ref;
}

inline v8::Local<v8::Value> to_local(ValueRef ref) noexcept {
  v8::Local<v8::Value> value;
  std::memcpy(static_cast<void*>(&value), &ref, sizeof value);
  return value;
}

/// A string of the engine; longer than it can hold, it is cut to nothing.
inline v8::Local<v8::String> make_string(v8::Isolate* isolate, std::string_view text) {
  v8::Local<v8::String> string;
  if (text.size() <= static_cast<std::size_t>(v8::String::kMaxLength) &&
      v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, static_cast<int>(text.size()))
          .ToLocal(&string)) {
    return string;
  }
  return v8::String::Empty(isolate);
}

/// A name that will be looked up often.
inline v8::Local<v8::String> make_name(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kInternalized,
                                 static_cast<int>(text.size()))
      .ToLocalChecked();
}

inline std::string to_utf8(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  std::string text;
  if (!value.IsEmpty() && value->IsString()) write_utf8(isolate, value.As<v8::String>(), text);
  return text;
}

}  // namespace cloche::js
