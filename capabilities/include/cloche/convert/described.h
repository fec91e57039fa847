#pragma once

// Enums and structs that Boost.Describe knows.

#include <array>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cloche/convert/convert.h>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace cloche {

/// A described enum crosses as the name of its enumerator.
template <class T>
requires(std::is_enum_v<T>&& boost::describe::has_describe_enumerators<T>::value) struct Convert<T> {
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
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { text += (text.empty() ? "\"" : " | \"") + std::string(d.name) + "\""; });
    return text;
  }
};

/// A described struct crosses as an object with its public members as properties, each read straight into its
/// place.
template <class T>
requires(std::is_class_v<T>&& boost::describe::has_describe_members<T>::value) struct Convert<T> {
  using Members =
      boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
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

}  // namespace cloche
