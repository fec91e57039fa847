#include <cloche/convert.h>

namespace cloche {
namespace {

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

bool read_number(Inward& in, ValueRef ref, Value& out) {
  double number = 0;
  if (!in.reader().number(ref, number)) return false;
  out = number;
  return true;
}

bool read_error(Inward& in, ValueRef ref, Value& out) {
  ErrorValue error;
  if (!in.reader().error(ref, error)) return false;
  out = std::move(error);
  return true;
}

bool read_leaf(Inward& in, ValueRef ref, Value& out) {
  ValueReader& reader = in.reader();
  switch (reader.kind(ref)) {
    case ValueKind::undefined: out = Undefined(); return true;
    case ValueKind::null: out = Null(); return true;
    case ValueKind::boolean: out = reader.boolean(ref); return true;
    case ValueKind::number: return read_number(in, ref, out);
    case ValueKind::bigint: out = reader.bigint(ref); return true;
    case ValueKind::date: out = Date{reader.date(ref)}; return true;
    case ValueKind::function: out = reader.function(ref); return true;
    case ValueKind::string: return read_string(in, ref, out);
    case ValueKind::bytes: return read_bytes(in, ref, out);
    case ValueKind::error: return read_error(in, ref, out);
    default: return in.mismatch("a value", ref);
  }
}

// Reads a value of any depth with the nesting on the heap: how deep it goes is the plugin's choice, and the
// stack is a fiber's, of which the plugin itself may have used almost all.
class TreeReader {
 public:
  explicit TreeReader(Inward& in) : in_(in) {}

  bool read(ValueRef ref, Value& out) {
    bool good = begin(ref, out);
    while (good && !open_.empty()) good = step();
    while (!open_.empty()) close(good);
    return good;
  }

 private:
  // A container that is being filled. Its parts grow one at a time, and each is whole before the next is
  // begun, so `out` stays good while this container is open.
  struct Open {
    ValueRef ref;
    Value* out;
    std::size_t next = 0;
    std::size_t length = 0;
    std::vector<std::pair<std::string, ValueRef>> entries;
  };

  bool begin(ValueRef ref, Value& out) {
    const ValueKind kind = in_.reader().kind(ref);
    if (kind != ValueKind::array && kind != ValueKind::object) return read_leaf(in_, ref, out);
    if (!in_.enter()) return in_.too_deep();
    Open& open = open_.emplace_back(Open{ref, &out, 0, 0, {}});
    if (kind == ValueKind::array) {
      out = Array();
      open.length = in_.reader().length(ref);
      return true;
    }
    out = Object();
    if (!in_.reader().entries(ref, open.entries)) return false;
    open.length = open.entries.size();
    return true;
  }

  bool step() {
    Open& open = open_.back();
    if (open.next == open.length) {
      close(true);
      return true;
    }
    const std::size_t index = open.next++;
    if (auto* object = open.out->as<Object>()) {
      auto& [name, entry] = open.entries[index];
      return begin(entry, object->emplace_back(std::move(name), Value()).second);
    }
    ValueRef element;
    return in_.reader().element(open.ref, index, element) &&
           begin(element, open.out->as<Array>()->emplace_back());
  }

  // On failure, says on the way out which part it was in: the last one begun, if any was.
  void close(bool good) {
    const Open& open = open_.back();
    if (!good && open.next != 0) {
      const auto* object = open.out->as<Object>();
      object != nullptr ? in_.in_member(object->back().first) : in_.in_element(open.next - 1);
    }
    in_.leave();
    open_.pop_back();
  }

  Inward& in_;
  std::vector<Open> open_;
};

ValueRef write_value(ValueWriter& out, const Value& value, int depth);

ValueRef write_array(ValueWriter& out, const Array& array, int depth) {
  std::vector<ValueRef> elements;
  elements.reserve(array.size());
  for (const Value& element : array) elements.push_back(write_value(out, element, depth));
  return out.array(elements);
}

ValueRef write_object(ValueWriter& out, const Object& object, int depth) {
  std::vector<std::string_view> keys;
  std::vector<ValueRef> values;
  keys.reserve(object.size());
  values.reserve(object.size());
  for (const auto& [key, value] : object) {
    keys.push_back(key);
    values.push_back(write_value(out, value, depth));
  }
  return out.object(keys, values);
}

// `depth` is how many containers `value` is in.
ValueRef write_value(ValueWriter& out, const Value& value, int depth) {
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
    case ValueKind::array:
    case ValueKind::object: break;
  }
  if (depth == Inward::kMaxDepth) return out.refuse();
  const auto* array = value.as<Array>();
  return array != nullptr ? write_array(out, *array, depth + 1)
                          : write_object(out, *value.as<Object>(), depth + 1);
}

}  // namespace

bool Convert<Function>::read(Inward& in, ValueRef ref, Function& out) {
  if (in.reader().kind(ref) != ValueKind::function) return in.mismatch("function", ref);
  out = in.reader().function(ref);
  return true;
}

bool Convert<Value>::read(Inward& in, ValueRef ref, Value& out) { return TreeReader(in).read(ref, out); }

ValueRef Convert<Value>::write(ValueWriter& out, const Value& value) { return write_value(out, value, 0); }

}  // namespace cloche
