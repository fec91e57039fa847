#include <cloche/value.h>

namespace cloche {

std::string_view to_string(ValueKind kind) noexcept {
  switch (kind) {
    case ValueKind::undefined: return "undefined";
    case ValueKind::null: return "null";
    case ValueKind::boolean: return "boolean";
    case ValueKind::number: return "number";
    case ValueKind::bigint: return "bigint";
    case ValueKind::string: return "string";
    case ValueKind::bytes: return "Uint8Array";
    case ValueKind::date: return "Date";
    case ValueKind::array: return "array";
    case ValueKind::object: return "object";
    case ValueKind::error: return "Error";
    case ValueKind::function: return "function";
  }
  return "value";
}

const Value* Value::find(std::string_view property) const noexcept {
  const Object* object = as<Object>();
  if (object == nullptr) return nullptr;
  for (const auto& [name, value] : *object) {
    if (name == property) return &value;
  }
  return nullptr;
}

bool operator==(const Value& a, const Value& b) { return a.storage_ == b.storage_; }

}  // namespace cloche
