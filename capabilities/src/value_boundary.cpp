#include <cloche/value_boundary.h>

namespace cloche {
namespace {

const Value& get(ValueRef ref) noexcept {
  static const Value kUndefined;
  return ref.bits == 0 ? kUndefined : *reinterpret_cast<const Value*>(ref.bits);
}

}  // namespace

ValueKind PlainReader::kind(ValueRef value) { return get(value).kind(); }
bool PlainReader::boolean(ValueRef value) { return *get(value).as<bool>(); }
bool PlainReader::number(ValueRef value, double& out) {
  const auto* number = get(value).as<double>();
  if (number != nullptr) out = *number;
  return number != nullptr;
}
BigInt PlainReader::bigint(ValueRef value) { return *get(value).as<BigInt>(); }
double PlainReader::date(ValueRef value) { return get(value).as<Date>()->milliseconds; }

bool PlainReader::string(ValueRef value, std::string& out) {
  out = *get(value).as<std::string>();
  return true;
}

bool PlainReader::bytes(ValueRef value, Bytes& out) {
  out = *get(value).as<Bytes>();
  return true;
}

bool PlainReader::error(ValueRef value, ErrorValue& out) {
  out = *get(value).as<ErrorValue>();
  return true;
}

Function PlainReader::function(ValueRef value) { return *get(value).as<Function>(); }
std::size_t PlainReader::length(ValueRef array) { return get(array).as<Array>()->size(); }

bool PlainReader::element(ValueRef array, std::size_t index, ValueRef& out) {
  out = ref((*get(array).as<Array>())[index]);
  return true;
}

bool PlainReader::property(ValueRef object, StaticKey key, ValueRef& out) {
  const Value* found = get(object).find(key);
  out = found == nullptr ? ValueRef{} : ref(*found);
  return true;
}

bool PlainReader::entries(ValueRef object, std::vector<std::pair<std::string, ValueRef>>& out) {
  for (const auto& [name, value] : *get(object).as<Object>()) out.emplace_back(name, ref(value));
  return true;
}

ValueRef PlainWriter::add(Value shell, std::span<const ValueRef> parts) {
  nodes_.push_back({std::move(shell), {parts.begin(), parts.end()}});
  return {nodes_.size()};
}

ValueRef PlainWriter::undefined() { return {}; }
ValueRef PlainWriter::null() { return add(Null()); }
ValueRef PlainWriter::boolean(bool value) { return add(value); }
ValueRef PlainWriter::number(double value) { return add(value); }
ValueRef PlainWriter::bigint(const BigInt& value) { return add(value); }
ValueRef PlainWriter::date(double milliseconds) { return add(Date{milliseconds}); }
ValueRef PlainWriter::string(std::string_view utf8) { return add(utf8); }
ValueRef PlainWriter::bytes(std::span<const std::uint8_t> value) {
  return add(Bytes(value.begin(), value.end()));
}
ValueRef PlainWriter::error(const ErrorValue& value) { return add(value); }
ValueRef PlainWriter::function(const Function& value) { return add(value); }
ValueRef PlainWriter::array(std::span<const ValueRef> elements) { return add(Array(), elements); }

ValueRef PlainWriter::object(std::span<const StaticKey> keys, std::span<const ValueRef> values) {
  Object object;
  for (const StaticKey key : keys) object.emplace_back(key, Value());
  return add(std::move(object), values);
}

ValueRef PlainWriter::object(std::span<const std::string_view> keys, std::span<const ValueRef> values) {
  Object object;
  for (const std::string_view key : keys) object.emplace_back(key, Value());
  return add(std::move(object), values);
}

Value PlainWriter::value(ValueRef ref) const {
  if (ref.bits == 0) return {};
  const Node& node = nodes_[ref.bits - 1];
  Value whole = node.shell;
  if (auto* array = whole.as<Array>()) {
    for (const ValueRef part : node.parts) array->push_back(value(part));
  } else if (auto* object = whole.as<Object>()) {
    for (std::size_t i = 0; i < node.parts.size(); ++i) (*object)[i].second = value(node.parts[i]);
  }
  return whole;
}

}  // namespace cloche
