#include "storage/stored_value.h"

#include <cloche/json.h>
#include <cmath>
#include <limits>

#include "text/base64.h"
#include "text/ecma_text.h"

namespace cloche {
namespace {

Value tagged(const char* tag, Value content) {
  Object object;
  object.emplace_back(tag, std::move(content));
  return object;
}

bool looks_tagged(const Object& object) {
  return object.size() == 1 && object.front().first.starts_with('$');
}

Result<Value> to_plain(const Value& value);

Result<Value> array_to_plain(const Array& array) {
  Array out;
  for (const Value& element : array) {
    auto plain = to_plain(element);
    if (!plain) return plain.error();
    out.push_back(std::move(*plain));
  }
  return Value(std::move(out));
}

Result<Value> object_to_plain(const Object& object) {
  Object out;
  for (const auto& [name, member] : object) {
    auto plain = to_plain(member);
    if (!plain) return plain.error();
    out.emplace_back(name, std::move(*plain));
  }
  return looks_tagged(object) ? tagged("$object", std::move(out)) : Value(std::move(out));
}

Result<Value> bigint_to_plain(const BigInt& big) {
  auto digits = text::bigint_text(big);
  if (!digits) return Error(Errc::size_limit, "a bigint of more than 65,536 bits cannot be stored");
  return tagged("$bigint", std::move(*digits));
}

Value number_to_plain(double number) {
  const bool negative_zero = number == 0 && std::signbit(number);
  if (std::isfinite(number) && !negative_zero) return number;
  return tagged("$number", negative_zero ? "-0" : text::number_text(number));
}

// A Value of JSON's kinds alone that stands for `value`.
Result<Value> to_plain(const Value& value) {
  switch (value.kind()) {
    case ValueKind::undefined: return tagged("$undefined", true);
    case ValueKind::number: return number_to_plain(*value.as<double>());
    case ValueKind::bigint: return bigint_to_plain(*value.as<BigInt>());
    case ValueKind::bytes: return tagged("$bytes", text::base64(*value.as<Bytes>()));
    case ValueKind::date: return tagged("$date", value.as<Date>()->milliseconds);
    case ValueKind::array: return array_to_plain(*value.as<Array>());
    case ValueKind::object: return object_to_plain(*value.as<Object>());
    case ValueKind::function: return Error(Errc::invalid_argument, "a function cannot be stored");
    case ValueKind::error: {
      const ErrorValue& error = *value.as<ErrorValue>();
      return tagged("$error", Array{error.name, error.message, error.code, error.stack});
    }
    default: return value;
  }
}

Error damaged() { return {Errc::io, "the stored value is damaged"}; }

Result<Value> from_plain(Value value);

Result<Value> from_plain_parts(Value value) {
  if (auto* array = value.as<Array>()) {
    for (Value& element : *array) {
      auto whole = from_plain(std::move(element));
      if (!whole) return whole;
      element = std::move(*whole);
    }
  } else if (auto* object = value.as<Object>()) {
    for (auto& [name, member] : *object) {
      auto whole = from_plain(std::move(member));
      if (!whole) return whole;
      member = std::move(*whole);
    }
  }
  return value;
}

Result<Value> number_from(const std::string& word) {
  if (word == "-0") return Value(-0.0);
  if (word == "NaN") return Value(std::numeric_limits<double>::quiet_NaN());
  if (word == "Infinity") return Value(std::numeric_limits<double>::infinity());
  if (word == "-Infinity") return Value(-std::numeric_limits<double>::infinity());
  return damaged();
}

Result<Value> error_from(const Value& content) {
  const Array* parts = content.as<Array>();
  if (parts == nullptr || parts->size() != 4) return damaged();
  std::string texts[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto* text = (*parts)[i].as<std::string>();
    if (text == nullptr) return damaged();
    texts[i] = *text;
  }
  return Value(ErrorValue{texts[0], texts[1], texts[2], texts[3]});
}

Result<Value> from_text(const std::string& tag, const std::string& text) {
  if (tag == "$number") return number_from(text);
  if (tag == "$bigint") {
    auto big = text::parse_bigint(text);
    if (big) return Value(std::move(*big));
  }
  if (tag == "$bytes") {
    auto bytes = text::parse_base64(text);
    if (bytes) return Value(std::move(*bytes));
  }
  return damaged();
}

Result<Value> from_tagged(const std::string& tag, Value content) {
  if (tag == "$undefined") return Value();
  if (tag == "$error") return error_from(content);
  if (tag == "$object" && content.is<Object>()) return from_plain_parts(std::move(content));
  if (tag == "$date" && content.is<Null>()) return Value(Date{std::numeric_limits<double>::quiet_NaN()});
  if (const auto* number = content.as<double>(); tag == "$date" && number != nullptr)
    return Value(Date{*number});
  if (const auto* text = content.as<std::string>()) return from_text(tag, *text);
  return damaged();
}

Result<Value> from_plain(Value value) {
  auto* object = value.as<Object>();
  if (object == nullptr || !looks_tagged(*object)) return from_plain_parts(std::move(value));
  return from_tagged(object->front().first, std::move(object->front().second));
}

}  // namespace

Result<std::string> encode_stored(const Value& value) {
  auto plain = to_plain(value);
  if (!plain) return plain.error();
  return to_json(*plain);
}

Result<Value> decode_stored(std::string_view text) {
  auto plain = parse_json(text);
  if (!plain) return damaged();
  return from_plain(std::move(*plain));
}

}  // namespace cloche
