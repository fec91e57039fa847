#pragma once

#include <cloche/function.h>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cloche {

class Value;

/// ECMAScript's undefined and null.
struct Undefined {
  friend bool operator==(Undefined, Undefined) = default;
};
struct Null {
  friend bool operator==(Null, Null) = default;
};

/// An arbitrary-precision integer: a sign and a magnitude, least significant word first, without leading zero
/// words.
struct BigInt {
  bool negative = false;
  std::vector<std::uint64_t> words;

  friend bool operator==(const BigInt&, const BigInt&) = default;
};

using Bytes = std::vector<std::uint8_t>;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z as ECMA-262 has it; NaN is an invalid date.
struct Date {
  double milliseconds = 0;
  friend bool operator==(Date, Date) = default;
};

using Array = std::vector<Value>;

/// An object's own enumerable string-keyed properties, in their order.
using Object = std::vector<std::pair<std::string, Value>>;

/// What crosses of an Error: never its prototype, never a host's frame.
struct ErrorValue {
  std::string name;  ///< "TypeError"
  std::string message;
  std::string code;   ///< the `code` property, or empty
  std::string stack;  ///< the plugin's own frames, or empty

  friend bool operator==(const ErrorValue&, const ErrorValue&) = default;
};

enum class ValueKind : std::uint8_t {
  undefined,
  null,
  boolean,
  number,
  bigint,
  string,
  bytes,
  date,
  array,
  object,
  error,
  function
};

/// The word for a kind as people write it: "number", "object".
std::string_view to_string(ValueKind kind) noexcept;

/// A value of no engine: what crosses the boundary where the C++ type does not say more. Owns all it holds; a
/// copy is deep but for functions, which are handles. Strings are UTF-8.
class Value {
 public:
  using Storage = std::variant<Undefined, Null, bool, double, BigInt, std::string, Bytes, Date, Array, Object,
                               ErrorValue, Function>;

  Value() = default;
  Value(Undefined) {}
  Value(Null value) : storage_(value) {}
  Value(bool value) : storage_(value) {}
  Value(double value) : storage_(value) {}
  Value(int value) : storage_(static_cast<double>(value)) {}
  Value(BigInt value) : storage_(std::move(value)) {}
  Value(std::string value) : storage_(std::move(value)) {}
  Value(std::string_view value) : storage_(std::string(value)) {}
  Value(const char* value) : storage_(std::string(value)) {}
  Value(Bytes value) : storage_(std::move(value)) {}
  Value(Date value) : storage_(value) {}
  Value(Array value) : storage_(std::move(value)) {}
  Value(Object value) : storage_(std::move(value)) {}
  Value(ErrorValue value) : storage_(std::move(value)) {}
  Value(Function value) : storage_(std::move(value)) {}

  [[nodiscard]] ValueKind kind() const noexcept { return static_cast<ValueKind>(storage_.index()); }

  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return std::holds_alternative<T>(storage_);
  }
  /// The content as T, or null when it is of another kind.
  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    return std::get_if<T>(&storage_);
  }
  template <class T>
  [[nodiscard]] T* as() noexcept {
    return std::get_if<T>(&storage_);
  }

  /// The property of that name, or null when this is no object or has none.
  [[nodiscard]] const Value* find(std::string_view property) const noexcept;

  friend bool operator==(const Value& a, const Value& b);

 private:
  Storage storage_;
};

/// `value` as a person reads it in a console: strings bare at the top and quoted inside, objects as `{ a: 1
/// }`, at most `depth` levels below the top and then `[Object]`, at most 100 elements of an array. One line,
/// but for a string or an error's stack at the top; those are the plugin's text as it is, so escape what goes
/// to a terminal.
std::string inspect(const Value& value, int depth = 4);

}  // namespace cloche
