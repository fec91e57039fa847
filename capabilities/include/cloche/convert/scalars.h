#pragma once

// Numbers, texts, bytes, moments: what crosses whole.

#include <chrono>
#include <cloche/convert/convert.h>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace cloche {

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

/// Integers: a JavaScript number that is whole and in the range of T. Beyond 2^53 numbers are not exact, so a
/// 64-bit type also reads a BigInt and writes one where it must.
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
    const auto magnitude =
        negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    return out.bigint(BigInt{negative, {magnitude}});
  }

  static std::string type() { return kWide ? "number | bigint" : "number"; }

 private:
  static std::string range() {
    if (kWide)
      return std::is_signed_v<T> ? "a safe integer or bigint" : "a safe integer or bigint, 0 or more";
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

template <>
struct Convert<std::monostate> {
  static bool read(Inward& in, ValueRef ref, std::monostate&) {
    return in.reader().kind(ref) == ValueKind::undefined || in.mismatch(type(), ref);
  }
  static ValueRef write(ValueWriter& out, std::monostate) { return out.undefined(); }
  static std::string type() { return "undefined"; }
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
