#pragma once

#include <cloche/boundary.h>
#include <concepts>
#include <string>

namespace cloche {

/// How a C++ type crosses the boundary. A specialisation has three static functions:
///
///     bool read(Inward& in, ValueRef value, T& out);      // false: a mismatch was noted, or the reader stopped
///     ValueRef write(ValueWriter& out, const T& value);
///     std::string type();                                 // as TypeScript writes it
///
/// Known here: bool, integers, floating point, strings, Bytes, BigInt, Date, durations and time points,
/// optional, vector, maps with string keys, variant, enums and structs described by Boost.Describe, Function
/// and Value. A host adds its own by specialising it, or by BOOST_DESCRIBE_STRUCT(Type, (), (members...)).
template <class T>
struct Convert;

template <class T>
concept Convertible = requires(Inward& in, ValueWriter& out, ValueRef ref, T& value) {
  { Convert<T>::read(in, ref, value) } -> std::same_as<bool>;
  { Convert<T>::write(out, value) } -> std::same_as<ValueRef>;
  { Convert<T>::type() } -> std::convertible_to<std::string>;
};

}  // namespace cloche
