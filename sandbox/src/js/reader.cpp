#include "js/reader.h"

#include "js/errors.h"

namespace cloche::js {
namespace {

// What a value in an array or object weighs beside its text, so that a million empty strings are not free.
constexpr std::size_t kElementWeight = 8;

}  // namespace

bool Reader::charge(std::size_t bytes) noexcept {
  if (bytes > left_) {
    if (!too_large_) parts_.usage.hit(Limit::message);
    too_large_ = true;
    return false;
  }
  left_ -= bytes;
  return true;
}

ValueKind Reader::kind(ValueRef ref) {
  if (ref.bits == 0) return ValueKind::undefined;
  const v8::Local<v8::Value> value = to_local(ref);
  if (value->IsNumber()) return ValueKind::number;
  if (value->IsString()) return ValueKind::string;
  if (value->IsUndefined()) return ValueKind::undefined;
  if (value->IsNull()) return ValueKind::null;
  if (value->IsBoolean()) return ValueKind::boolean;
  if (value->IsBigInt()) return ValueKind::bigint;
  if (value->IsArray()) return ValueKind::array;
  if (value->IsFunction()) return ValueKind::function;
  if (value->IsArrayBufferView() || value->IsArrayBuffer()) return ValueKind::bytes;
  if (value->IsDate()) return ValueKind::date;
  if (value->IsNativeError()) return ValueKind::error;
  return value->IsObject() ? ValueKind::object : ValueKind::undefined;  // a symbol has no meaning elsewhere
}

bool Reader::boolean(ValueRef ref) { return to_local(ref)->IsTrue(); }

bool Reader::number(ValueRef ref, double& out) {
  if (ref.bits == 0) return false;
  const v8::Local<v8::Value> value = to_local(ref);
  if (small_integer(value, out)) return true;
  if (!value->IsNumber()) return false;
  out = value.As<v8::Number>()->Value();
  return true;
}

BigInt Reader::bigint(ValueRef ref) {
  const auto value = to_local(ref).As<v8::BigInt>();
  int sign = 0;
  int count = value->WordCount();
  BigInt result;
  if (count == 0 || !charge(static_cast<std::size_t>(count) * 8)) return result;
  result.words.resize(static_cast<std::size_t>(count));
  value->ToWordsArray(&sign, &count, result.words.data());
  result.negative = sign != 0;
  return result;
}

double Reader::date(ValueRef ref) { return to_local(ref).As<v8::Date>()->ValueOf(); }

bool Reader::string(ValueRef ref, std::string& out) {
  const auto value = to_local(ref).As<v8::String>();
  // A UTF-16 unit is at least a byte of UTF-8: what cannot fit is refused before it is measured.
  if (!charge(static_cast<std::size_t>(value->Length()))) return false;
  write_utf8(isolate_, value, out);
  return charge(out.size() - static_cast<std::size_t>(value->Length()));
}

bool Reader::bytes(ValueRef ref, Bytes& out) {
  const v8::Local<v8::Value> value = to_local(ref);
  if (value->IsArrayBufferView()) {
    const auto view = value.As<v8::ArrayBufferView>();
    if (!charge(view->ByteLength())) return false;
    out.resize(view->ByteLength());
    // Copies what is there: a view whose buffer was detached meanwhile has nothing.
    out.resize(view->CopyContents(out.data(), out.size()));
    return true;
  }
  const auto store = value.As<v8::ArrayBuffer>()->GetBackingStore();
  if (!charge(store->ByteLength())) return false;
  const auto* data = static_cast<const std::uint8_t*>(store->Data());
  out.assign(data, data + store->ByteLength());
  return true;
}

bool Reader::error(ValueRef ref, ErrorValue& out) {
  out = read_error({isolate_, context()}, to_local(ref));
  return charge(out.name.size() + out.message.size() + out.code.size() + out.stack.size());
}

Function Reader::function(ValueRef ref) { return parts_.functions.keep(to_local(ref).As<v8::Function>()); }

std::size_t Reader::length(ValueRef array) { return to_local(array).As<v8::Array>()->Length(); }

bool Reader::element(ValueRef array, std::size_t index, ValueRef& out) {
  v8::Local<v8::Value> value;
  if (!charge(kElementWeight)) return false;
  if (!to_local(array).As<v8::Array>()->Get(context(), static_cast<std::uint32_t>(index)).ToLocal(&value))
    return false;
  out = to_ref(value);
  return true;
}

bool Reader::property(ValueRef object, StaticKey key, ValueRef& out) {
  v8::Local<v8::Value> value;
  const auto name = parts_.keys.get(isolate_, key);
  if (!to_local(object).As<v8::Object>()->Get(context(), name).ToLocal(&value)) return false;
  out = to_ref(value);
  return true;
}

bool Reader::entries(ValueRef object, std::vector<std::pair<std::string, ValueRef>>& out) {
  const auto context = this->context();
  const auto source = to_local(object).As<v8::Object>();
  v8::Local<v8::Array> names;
  const auto filter = static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS);
  if (!source->GetOwnPropertyNames(context, filter, v8::KeyConversionMode::kConvertToString).ToLocal(&names))
    return false;
  for (std::uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    v8::Local<v8::Value> value;
    if (!names->Get(context, i).ToLocal(&name) || !source->Get(context, name).ToLocal(&value)) return false;
    std::string text;
    if (!charge(kElementWeight) || !string(to_ref(name), text)) return false;
    out.emplace_back(std::move(text), to_ref(value));
  }
  return true;
}

}  // namespace cloche::js
