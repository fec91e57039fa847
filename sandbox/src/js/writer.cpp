#include "js/writer.h"

#include "js/errors.h"

#include <algorithm>

namespace cloche::js {

ValueRef Writer::fail() {
  if (!failed_ && !no_room_) parts_.usage.hit(Limit::message);
  failed_ = true;
  return undefined();
}

Error Writer::failure(std::string too_large) const {
  if (!no_room_) return {Errc::size_limit, std::move(too_large)};
  return {Errc::external_limit, "the plugin's ArrayBuffers leave no room for the value"};
}

bool Writer::charge(std::size_t bytes) noexcept {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

ValueRef Writer::bigint(const BigInt& value) {
  v8::Local<v8::BigInt> result;
  const bool made = charge(value.words.size() * 8) &&
                    v8::BigInt::NewFromWords(isolate_->GetCurrentContext(), value.negative ? 1 : 0,
                                             static_cast<int>(value.words.size()), value.words.data())
                        .ToLocal(&result);
  return made ? to_ref(result) : fail();
}

ValueRef Writer::date(double milliseconds) {
  v8::Local<v8::Value> result;
  return v8::Date::New(isolate_->GetCurrentContext(), milliseconds).ToLocal(&result) ? to_ref(result)
                                                                                     : fail();
}

ValueRef Writer::string(std::string_view utf8) {
  v8::Local<v8::String> result;
  const bool made =
      charge(utf8.size()) && v8::String::NewFromUtf8(isolate_, utf8.data(), v8::NewStringType::kNormal,
                                                     static_cast<int>(utf8.size()))
                                 .ToLocal(&result);
  return made ? to_ref(result) : fail();
}

ValueRef Writer::bytes(std::span<const std::uint8_t> value) {
  if (!charge(value.size())) return fail();
  // Through the isolate's allocator, which counts it and may refuse; ArrayBuffer::New of a size would abort
  // instead.
  auto* allocator = isolate_->GetArrayBufferAllocator();
  void* data = allocator->AllocateUninitialized(std::max<std::size_t>(value.size(), 1));
  if (data == nullptr) {
    no_room_ = !failed_;
    return fail();
  }
  if (!value.empty()) std::memcpy(data, value.data(), value.size());
  auto store = v8::ArrayBuffer::NewBackingStore(
      data, value.size(),
      [](void* memory, std::size_t size, void* owner) {
        static_cast<v8::ArrayBuffer::Allocator*>(owner)->Free(memory, std::max<std::size_t>(size, 1));
      },
      allocator);
  const auto buffer = v8::ArrayBuffer::New(isolate_, std::move(store));
  return to_ref(v8::Uint8Array::New(buffer, 0, value.size()));
}

ValueRef Writer::error(const ErrorValue& value) {
  return to_ref(make_error({isolate_, isolate_->GetCurrentContext()}, value));
}

ValueRef Writer::function(const Function& value) {
  v8::Local<v8::Function> function;
  return parts_.functions.find(value).ToLocal(&function) ? to_ref(function) : fail();
}

ValueRef Writer::array(std::span<const ValueRef> elements) {
  if (!charge(elements.size() * 8)) return fail();
  std::vector<v8::Local<v8::Value>> locals(elements.size());
  std::ranges::transform(elements, locals.begin(), to_local);
  return to_ref(v8::Array::New(isolate_, locals.data(), locals.size()));
}

ValueRef Writer::object(std::span<const StaticKey> keys, std::span<const ValueRef> values) {
  const auto context = isolate_->GetCurrentContext();
  const auto result = v8::Object::New(isolate_);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (result->CreateDataProperty(context, parts_.keys.get(isolate_, keys[i]), to_local(values[i]))
            .IsNothing())
      return fail();
  }
  return to_ref(result);
}

ValueRef Writer::object(std::span<const std::string_view> keys, std::span<const ValueRef> values) {
  const auto context = isolate_->GetCurrentContext();
  const auto result = v8::Object::New(isolate_);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    v8::Local<v8::String> key;
    const bool made = charge(keys[i].size() + 8) &&
                      v8::String::NewFromUtf8(isolate_, keys[i].data(), v8::NewStringType::kInternalized,
                                              static_cast<int>(keys[i].size()))
                          .ToLocal(&key);
    if (!made || result->CreateDataProperty(context, key, to_local(values[i])).IsNothing()) return fail();
  }
  return to_ref(result);
}

}  // namespace cloche::js
