#include <cloche/convert.h>

namespace cloche {
namespace {

// Each kind has a function of its own, so that the frame of one level of nesting stays small: the depth is the plugin's
// choice, the stack a fiber's.

bool read_bytes(Inward& in, ValueRef ref, Value& out) {
  Bytes bytes;
  if (!in.reader().bytes(ref, bytes)) return false;
  out = std::move(bytes);
  return true;
}

bool read_string(Inward& in, ValueRef ref, Value& out) {
  std::string text;
  if (!in.reader().string(ref, text)) return false;
  out = std::move(text);
  return true;
}

bool read_error(Inward& in, ValueRef ref, Value& out) {
  ErrorValue error;
  if (!in.reader().error(ref, error)) return false;
  out = std::move(error);
  return true;
}

bool read_array(Inward& in, ValueRef ref, Value& out) {
  const std::size_t length = in.reader().length(ref);
  out = Array();
  Array& array = *out.as<Array>();
  for (std::size_t i = 0; i < length; ++i) {
    ValueRef element;
    if (!in.reader().element(ref, i, element)) return false;
    if (!Convert<Value>::read(in, element, array.emplace_back())) return in.in_element(i);
  }
  return true;
}

bool read_object(Inward& in, ValueRef ref, Value& out) {
  std::vector<std::pair<std::string, ValueRef>> entries;
  if (!in.reader().entries(ref, entries)) return false;
  out = Object();
  Object& object = *out.as<Object>();
  object.reserve(entries.size());
  for (auto& [name, entry] : entries) {
    Value& value = object.emplace_back(std::move(name), Value()).second;
    if (!Convert<Value>::read(in, entry, value)) return in.in_member(object.back().first);
  }
  return true;
}

bool read_nested(Inward& in, ValueRef ref, Value& out, bool (*read)(Inward&, ValueRef, Value&)) {
  if (!in.enter()) return in.too_deep();
  const bool good = read(in, ref, out);
  in.leave();
  return good;
}

ValueRef write_array(ValueWriter& out, const Array& array) {
  std::vector<ValueRef> elements;
  elements.reserve(array.size());
  for (const Value& element : array) elements.push_back(Convert<Value>::write(out, element));
  return out.array(elements);
}

ValueRef write_object(ValueWriter& out, const Object& object) {
  std::vector<std::string_view> keys;
  std::vector<ValueRef> values;
  keys.reserve(object.size());
  values.reserve(object.size());
  for (const auto& [key, value] : object) {
    keys.push_back(key);
    values.push_back(Convert<Value>::write(out, value));
  }
  return out.object(keys, values);
}

}  // namespace

bool Convert<Function>::read(Inward& in, ValueRef ref, Function& out) {
  if (in.reader().kind(ref) != ValueKind::function) return in.mismatch("function", ref);
  out = in.reader().function(ref);
  return true;
}

bool Convert<Value>::read(Inward& in, ValueRef ref, Value& out) {
  ValueReader& reader = in.reader();
  switch (reader.kind(ref)) {
    case ValueKind::undefined: out = Undefined(); return true;
    case ValueKind::null: out = Null(); return true;
    case ValueKind::boolean: out = reader.boolean(ref); return true;
    case ValueKind::number: out = reader.number(ref); return true;
    case ValueKind::bigint: out = reader.bigint(ref); return true;
    case ValueKind::date: out = Date{reader.date(ref)}; return true;
    case ValueKind::function: out = reader.function(ref); return true;
    case ValueKind::string: return read_string(in, ref, out);
    case ValueKind::bytes: return read_bytes(in, ref, out);
    case ValueKind::error: return read_error(in, ref, out);
    case ValueKind::array: return read_nested(in, ref, out, read_array);
    case ValueKind::object: return read_nested(in, ref, out, read_object);
  }
  return in.mismatch("a value", ref);
}

ValueRef Convert<Value>::write(ValueWriter& out, const Value& value) {
  switch (value.kind()) {
    case ValueKind::undefined: return out.undefined();
    case ValueKind::null: return out.null();
    case ValueKind::boolean: return out.boolean(*value.as<bool>());
    case ValueKind::number: return out.number(*value.as<double>());
    case ValueKind::bigint: return out.bigint(*value.as<BigInt>());
    case ValueKind::string: return out.string(*value.as<std::string>());
    case ValueKind::bytes: return out.bytes(*value.as<Bytes>());
    case ValueKind::date: return out.date(value.as<Date>()->milliseconds);
    case ValueKind::error: return out.error(*value.as<ErrorValue>());
    case ValueKind::function: return out.function(*value.as<Function>());
    case ValueKind::array: return write_array(out, *value.as<Array>());
    case ValueKind::object: return write_object(out, *value.as<Object>());
  }
  return out.undefined();
}

}  // namespace cloche
