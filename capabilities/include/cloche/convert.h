#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <array>
#include <chrono>
#include <cloche/boundary.h>
#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace cloche {

/// How a C++ type crosses the boundary. A specialisation has three static functions:
///
///     bool read(Inward& in, ValueRef value, T& out);      // false: a mismatch was noted, or the reader stopped
///     ValueRef write(ValueWriter& out, const T& value);
///     std::string type();                                 // as TypeScript writes it
///
/// Known here: bool, integers, floating point, strings, Bytes, BigInt, Date, durations and time points, optional, vector,
/// maps with string keys, variant, enums and structs described by Boost.Describe, Function and Value. A host adds its own by
/// specialising it, or by BOOST_DESCRIBE_STRUCT(Type, (), (members...)).
template <class T>
struct Convert;

template <class T>
concept Convertible = requires(Inward& in, ValueWriter& out, ValueRef ref, T& value) {
  { Convert<T>::read(in, ref, value) } -> std::same_as<bool>;
  { Convert<T>::write(out, value) } -> std::same_as<ValueRef>;
  { Convert<T>::type() } -> std::convertible_to<std::string>;
};

template <>
struct Convert<bool> {
  static bool read(Inward& in, ValueRef ref, bool& out) {
    if (in.reader().kind(ref) != ValueKind::boolean) return in.mismatch(type(), ref);
    out = in.reader().boolean(ref);
    return true;
  }
  static ValueRef write(ValueWriter& out, bool value) { return out.boolean(value); }
  static std::string type() { return "boolean"; }
};

template <std::floating_point T>
struct Convert<T> {
  static bool read(Inward& in, ValueRef ref, T& out) {
    double number = 0;
    if (!in.reader().number(ref, number)) return in.mismatch(type(), ref);
    out = static_cast<T>(number);
    return true;
  }
  static ValueRef write(ValueWriter& out, T value) { return out.number(static_cast<double>(value)); }
  static std::string type() { return "number"; }
};

/// Integers: a JavaScript number that is whole and in the range of T. Beyond 2^53 numbers are not exact, so a 64-bit type also
/// reads a BigInt and writes one where it must.
template <std::integral T>
struct Convert<T> {
  static constexpr bool kWide = sizeof(T) > 4;
  static constexpr double kLargestExact = 9007199254740991.0;  // Number.MAX_SAFE_INTEGER

  static bool read(Inward& in, ValueRef ref, T& out) {
    double number = 0;
    if (!in.reader().number(ref, number)) {
      const bool is_bigint = kWide && in.reader().kind(ref) == ValueKind::bigint;
      return is_bigint ? read_bigint(in, ref, out) : in.mismatch(type(), ref);
    }
    constexpr double low = kWide ? (std::is_signed_v<T> ? -kLargestExact : 0.0)
                                 : static_cast<double>(std::numeric_limits<T>::min());
    constexpr double high = kWide ? kLargestExact : static_cast<double>(std::numeric_limits<T>::max());
    if (!(number >= low && number <= high) || std::trunc(number) != number) return in.mismatch(range(), ref);
    out = static_cast<T>(number);
    return true;
  }

  static ValueRef write(ValueWriter& out, T value) {
    const auto number = static_cast<double>(value);
    if (!kWide || std::abs(number) <= kLargestExact) return out.number(number);
    const bool negative = std::is_signed_v<T> && value < 0;
    const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    return out.bigint(BigInt{negative, {magnitude}});
  }

  static std::string type() { return kWide ? "number | bigint" : "number"; }

 private:
  static std::string range() {
    if (kWide) return std::is_signed_v<T> ? "a safe integer or bigint" : "a safe integer or bigint, 0 or more";
    return "an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
  }

  static bool read_bigint(Inward& in, ValueRef ref, T& out) {
    const BigInt big = in.reader().bigint(ref);
    const std::uint64_t magnitude = big.words.empty() ? 0 : big.words.front();
    const auto limit = static_cast<std::uint64_t>(std::numeric_limits<T>::max()) +
                       (big.negative && std::is_signed_v<T> ? 1U : 0U);
    const bool wrong_sign = big.negative && !std::is_signed_v<T> && magnitude != 0;
    if (big.words.size() > 1 || magnitude > limit || wrong_sign) return in.mismatch("a 64-bit integer", ref);
    out = static_cast<T>(big.negative ? 0 - magnitude : magnitude);
    return true;
  }
};

template <>
struct Convert<std::string> {
  static bool read(Inward& in, ValueRef ref, std::string& out) {
    if (in.reader().kind(ref) != ValueKind::string) return in.mismatch(type(), ref);
    return in.reader().string(ref, out);
  }
  static ValueRef write(ValueWriter& out, std::string_view value) { return out.string(value); }
  static std::string type() { return "string"; }
};

template <>
struct Convert<Bytes> {
  static bool read(Inward& in, ValueRef ref, Bytes& out) {
    if (in.reader().kind(ref) != ValueKind::bytes) return in.mismatch(type(), ref);
    return in.reader().bytes(ref, out);
  }
  static ValueRef write(ValueWriter& out, const Bytes& value) { return out.bytes(value); }
  static std::string type() { return "Uint8Array"; }
};

template <>
struct Convert<BigInt> {
  static bool read(Inward& in, ValueRef ref, BigInt& out) {
    if (in.reader().kind(ref) != ValueKind::bigint) return in.mismatch(type(), ref);
    out = in.reader().bigint(ref);
    return true;
  }
  static ValueRef write(ValueWriter& out, const BigInt& value) { return out.bigint(value); }
  static std::string type() { return "bigint"; }
};

template <>
struct Convert<Date> {
  static bool read(Inward& in, ValueRef ref, Date& out) {
    if (in.reader().kind(ref) != ValueKind::date) return in.mismatch(type(), ref);
    out.milliseconds = in.reader().date(ref);
    return true;
  }
  static ValueRef write(ValueWriter& out, Date value) { return out.date(value.milliseconds); }
  static std::string type() { return "Date"; }
};

/// A moment is a Date, to the millisecond.
template <class D>
struct Convert<std::chrono::time_point<std::chrono::system_clock, D>> {
  using Moment = std::chrono::time_point<std::chrono::system_clock, D>;
  using Milliseconds = std::chrono::duration<double, std::milli>;

  static bool read(Inward& in, ValueRef ref, Moment& out) {
    Date date;
    if (!Convert<Date>::read(in, ref, date)) return false;
    if (!(std::abs(date.milliseconds) <= 8.64e15)) return in.mismatch("a valid Date", ref);
    out = Moment(std::chrono::duration_cast<D>(Milliseconds(date.milliseconds)));
    return true;
  }
  static ValueRef write(ValueWriter& out, Moment value) {
    return out.date(std::floor(Milliseconds(value.time_since_epoch()).count()));
  }
  static std::string type() { return "Date"; }
};

/// A duration is a number of milliseconds.
template <class R, class P>
struct Convert<std::chrono::duration<R, P>> {
  using Span = std::chrono::duration<R, P>;
  using Milliseconds = std::chrono::duration<double, std::milli>;

  static bool read(Inward& in, ValueRef ref, Span& out) {
    double number = 0;
    if (!Convert<double>::read(in, ref, number)) return false;
    constexpr double limit = Milliseconds(Span::max()).count() / 2;
    if (!(std::abs(number) < limit)) return in.mismatch("a number of milliseconds", ref);
    out = std::chrono::duration_cast<Span>(Milliseconds(number));
    return true;
  }
  static ValueRef write(ValueWriter& out, Span value) { return out.number(Milliseconds(value).count()); }
  static std::string type() { return "number"; }
};

/// Undefined and null read as nothing; nothing is written as undefined.
template <class T>
struct Convert<std::optional<T>> {
  static bool read(Inward& in, ValueRef ref, std::optional<T>& out) {
    const ValueKind kind = in.reader().kind(ref);
    out.reset();
    if (kind == ValueKind::undefined || kind == ValueKind::null) return true;
    return Convert<T>::read(in, ref, out.emplace());
  }
  static ValueRef write(ValueWriter& out, const std::optional<T>& value) {
    return value ? Convert<T>::write(out, *value) : out.undefined();
  }
  static std::string type() { return Convert<T>::type() + " | undefined"; }
};

template <class T>
struct Convert<std::vector<T>> {
  static bool read(Inward& in, ValueRef ref, std::vector<T>& out) {
    if (in.reader().kind(ref) != ValueKind::array) return in.mismatch(type(), ref);
    const std::size_t length = in.reader().length(ref);
    out.clear();
    for (std::size_t i = 0; i < length; ++i) {
      ValueRef element;
      T value{};
      if (!in.reader().element(ref, i, element)) return false;
      if (!Convert<T>::read(in, element, value)) return in.in_element(i);
      out.push_back(std::move(value));
    }
    return true;
  }
  static ValueRef write(ValueWriter& out, const std::vector<T>& value) {
    std::vector<ValueRef> elements;
    elements.reserve(value.size());
    for (const auto& element : value) elements.push_back(Convert<T>::write(out, element));
    return out.array(elements);
  }
  static std::string type() {
    const std::string element = Convert<T>::type();
    return element.find(' ') == std::string::npos ? element + "[]" : "Array<" + element + ">";
  }
};

namespace detail {

/// std::map and std::unordered_map with string keys: a plain object.
template <class Map>
struct ConvertMap {
  using T = typename Map::mapped_type;

  static bool read(Inward& in, ValueRef ref, Map& out) {
    if (in.reader().kind(ref) != ValueKind::object) return in.mismatch(type(), ref);
    std::vector<std::pair<std::string, ValueRef>> entries;
    if (!in.reader().entries(ref, entries)) return false;
    out.clear();
    for (auto& [name, entry] : entries) {
      T value{};
      if (!Convert<T>::read(in, entry, value)) return in.in_member(name);
      out.insert_or_assign(std::move(name), std::move(value));
    }
    return true;
  }
  static ValueRef write(ValueWriter& out, const Map& map) {
    std::vector<std::string_view> keys;
    std::vector<ValueRef> values;
    for (const auto& [key, value] : map) {
      keys.push_back(key);
      values.push_back(Convert<T>::write(out, value));
    }
    return out.object(keys, values);
  }
  static std::string type() { return "Record<string, " + Convert<T>::type() + ">"; }
};

}  // namespace detail

template <class T, class Compare>
struct Convert<std::map<std::string, T, Compare>> : detail::ConvertMap<std::map<std::string, T, Compare>> {};
template <class T>
struct Convert<std::unordered_map<std::string, T>> : detail::ConvertMap<std::unordered_map<std::string, T>> {};

template <>
struct Convert<std::monostate> {
  static bool read(Inward& in, ValueRef ref, std::monostate&) {
    return in.reader().kind(ref) == ValueKind::undefined || in.mismatch(type(), ref);
  }
  static ValueRef write(ValueWriter& out, std::monostate) { return out.undefined(); }
  static std::string type() { return "undefined"; }
};

/// The first alternative that fits.
template <class... Ts>
struct Convert<std::variant<Ts...>> {
  static bool read(Inward& in, ValueRef ref, std::variant<Ts...>& out) {
    bool done = false;
    const auto attempt = [&]<class T>(std::type_identity<T>) {
      T value{};
      done = Convert<T>::read(in, ref, value);
      if (done) out = std::move(value);
      const bool again = !done && in.mismatched();
      if (again) in.forget();
      return again;
    };
    const bool none = (attempt(std::type_identity<Ts>{}) && ...);
    return none ? in.mismatch(type(), ref) : done;
  }
  static ValueRef write(ValueWriter& out, const std::variant<Ts...>& value) {
    return std::visit([&]<class T>(const T& held) { return Convert<T>::write(out, held); }, value);
  }
  static std::string type() {
    std::string text;
    ((text += (text.empty() ? "" : " | ") + Convert<Ts>::type()), ...);
    return text;
  }
};

/// A described enum crosses as the name of its enumerator.
template <class T>
  requires(std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value)
struct Convert<T> {
  static bool read(Inward& in, ValueRef ref, T& out) {
    std::string name;
    if (in.reader().kind(ref) != ValueKind::string) return in.mismatch(type(), ref);
    if (!in.reader().string(ref, name)) return false;
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
      if (name != d.name) return;
      out = d.value;
      known = true;
    });
    return known || in.mismatch(type(), ref);
  }
  static ValueRef write(ValueWriter& out, T value) {
    return out.string(boost::describe::enum_to_string(value, "unknown"));
  }
  static std::string type() {
    std::string text;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
      text += (text.empty() ? "\"" : " | \"") + std::string(d.name) + "\"";
    });
    return text;
  }
};

/// A described struct crosses as an object with its public members as properties, each read straight into its place.
template <class T>
  requires(std::is_class_v<T> && boost::describe::has_describe_members<T>::value)
struct Convert<T> {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  static constexpr std::size_t kCount = boost::mp11::mp_size<Members>::value;
  template <class D>
  using Type = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

  static bool read(Inward& in, ValueRef ref, T& out) {
    if (in.reader().kind(ref) != ValueKind::object) return in.mismatch("object", ref);
    if (!in.enter()) return in.too_deep();
    bool good = true;
    boost::mp11::mp_for_each<Members>([&]<class D>(D) {
      ValueRef member;
      if (!good) return;
      good = in.reader().property(ref, D::name, member);
      if (good && !Convert<Type<D>>::read(in, member, out.*D::pointer)) good = in.in_member(D::name);
    });
    in.leave();
    return good;
  }

  static ValueRef write(ValueWriter& out, const T& value) {
    std::array<StaticKey, kCount> keys;
    std::array<ValueRef, kCount> values;
    std::size_t i = 0;
    boost::mp11::mp_for_each<Members>([&]<class D>(D) {
      keys[i] = D::name;
      values[i++] = Convert<Type<D>>::write(out, value.*D::pointer);
    });
    return out.object(std::span<const StaticKey>(keys), values);
  }

  /// A member that may be undefined may also be left out. A struct that holds itself is spelled out once.
  static std::string type() {
    static thread_local bool inside = false;
    if (std::exchange(inside, true)) return "any";
    std::string text = "{";
    boost::mp11::mp_for_each<Members>([&]<class D>(D) {
      const std::string member = Convert<Type<D>>::type();
      const bool optional = member.ends_with("| undefined");
      text += (text.size() == 1 ? " " : "; ") + std::string(D::name) + (optional ? "?: " : ": ") + member;
    });
    inside = false;
    return text + " }";
  }
};

template <>
struct Convert<Function> {
  static bool read(Inward& in, ValueRef ref, Function& out);
  static ValueRef write(ValueWriter& out, const Function& value) { return out.function(value); }
  static std::string type() { return "((...args: any[]) => any)"; }
};

template <>
struct Convert<Value> {
  static bool read(Inward& in, ValueRef ref, Value& out);
  static ValueRef write(ValueWriter& out, const Value& value);
  static std::string type() { return "any"; }
};

/// Text that lives elsewhere can be written, not read.
template <>
struct Convert<std::string_view> {
  static ValueRef write(ValueWriter& out, std::string_view value) { return out.string(value); }
  static std::string type() { return "string"; }
};
template <>
struct Convert<const char*> {
  static ValueRef write(ValueWriter& out, std::string_view value) { return out.string(value); }
  static std::string type() { return "string"; }
};

}  // namespace cloche
