#pragma once

// Optional, vector, maps with string keys, variant: what holds others.

#include <cloche/convert/convert.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace cloche {

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
struct Convert<std::unordered_map<std::string, T>> : detail::ConvertMap<std::unordered_map<std::string, T>> {
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

}  // namespace cloche
