#pragma once

// From the type of a scope struct's member to the field of the catalogue, and from a rule's field to the member.

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <chrono>
#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <cloche/result.h>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cloche {

/// Members of a scope struct whose texts are more than texts: what manifests and policies write for them is checked.
struct ScopePath {
  std::string text;  ///< `$WORKSPACE/**`; what it stands for is the matcher's affair
};
struct ScopeUrl {
  std::string text;  ///< `https://*.example.com/*`
};
/// A size, written with its unit (`8MiB`); a plain integer is a count.
struct ScopeSize {
  std::uint64_t bytes = 0;
};

namespace detail {

/// What a member of type T is in a rule: its ScopeField (without the name), and how it is read. `read` answers false for
/// what does not fit.
template <class T>
struct ScopeMember;

template <class T>
struct TextMember {
  static bool read(const ScopeValue& value, T& out) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return false;
    if constexpr (std::is_same_v<T, std::string>) {
      out = *text;
    } else {
      out.text = *text;
    }
    return true;
  }
};
template <>
struct ScopeMember<std::string> : TextMember<std::string> {
  static ScopeField field() { return {{}, ScopeKind::text, true, {}}; }
};
template <>
struct ScopeMember<ScopePath> : TextMember<ScopePath> {
  static ScopeField field() { return {{}, ScopeKind::path, true, {}}; }
};
template <>
struct ScopeMember<ScopeUrl> : TextMember<ScopeUrl> {
  static ScopeField field() { return {{}, ScopeKind::url, true, {}}; }
};

template <>
struct ScopeMember<std::vector<std::string>> {
  static ScopeField field() { return {{}, ScopeKind::text_list, true, {}}; }
  static bool read(const ScopeValue& value, std::vector<std::string>& out) {
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    if (list != nullptr) out = *list;
    return list != nullptr;
  }
};

template <>
struct ScopeMember<bool> {
  static ScopeField field() { return {{}, ScopeKind::flag, true, {}}; }
  static bool read(const ScopeValue& value, bool& out) {
    const auto* flag = std::get_if<bool>(&value);
    if (flag != nullptr) out = *flag;
    return flag != nullptr;
  }
};

template <std::unsigned_integral T>
struct ScopeMember<T> {
  static ScopeField field() { return {{}, ScopeKind::count, true, {}}; }
  static bool read(const ScopeValue& value, T& out) {
    const auto* number = std::get_if<std::uint64_t>(&value);
    if (number == nullptr || *number > std::numeric_limits<T>::max()) return false;
    out = static_cast<T>(*number);
    return true;
  }
};

template <>
struct ScopeMember<ScopeSize> {
  static ScopeField field() { return {{}, ScopeKind::size, true, {}}; }
  static bool read(const ScopeValue& value, ScopeSize& out) {
    return ScopeMember<std::uint64_t>::read(value, out.bytes);
  }
};

template <class R, class P>
struct ScopeMember<std::chrono::duration<R, P>> {
  static ScopeField field() { return {{}, ScopeKind::duration, true, {}}; }
  static bool read(const ScopeValue& value, std::chrono::duration<R, P>& out) {
    std::uint64_t nanoseconds = 0;
    constexpr std::uint64_t kMost = std::chrono::nanoseconds::max().count();
    if (!ScopeMember<std::uint64_t>::read(value, nanoseconds) || nanoseconds > kMost) return false;
    out = std::chrono::duration_cast<std::chrono::duration<R, P>>(std::chrono::nanoseconds(nanoseconds));
    return true;
  }
};

/// A described enum is one of few words.
template <class T>
requires(std::is_enum_v<T>&& boost::describe::has_describe_enumerators<T>::value) struct ScopeMember<T> {
  static ScopeField field() {
    ScopeField field{{}, ScopeKind::text, true, {}};
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { field.choices.emplace_back(d.name); });
    return field;
  }
  static bool read(const ScopeValue& value, T& out) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && boost::describe::enum_from_string(text->c_str(), out);
  }
};

/// A rule may leave it out.
template <class T>
struct ScopeMember<std::optional<T>> {
  static ScopeField field() {
    ScopeField field = ScopeMember<T>::field();
    field.required = false;
    return field;
  }
  static bool read(const ScopeValue& value, std::optional<T>& out) {
    return ScopeMember<T>::read(value, out.emplace());
  }
};

template <class Rule>
using RuleMembers = boost::describe::describe_members<Rule, boost::describe::mod_public>;
template <class Rule, class D>
using RuleMember = std::remove_cvref_t<decltype(std::declval<Rule&>().*D::pointer)>;

template <class Rule>
std::vector<ScopeField> scope_fields() {
  std::vector<ScopeField> fields;
  boost::mp11::mp_for_each<RuleMembers<Rule>>([&]<class D>(D) {
    ScopeField field = ScopeMember<RuleMember<Rule, D>>::field();
    field.name = D::name;
    fields.push_back(std::move(field));
  });
  return fields;
}

/// A rule that denies may leave out what one that allows must have; a struct cannot say so, and such a rule is refused
/// rather than taken for a narrower one.
template <class Rule>
Result<Rule> read_rule(const ScopeRule& from) {
  Rule rule{};
  std::optional<Error> error;
  boost::mp11::mp_for_each<RuleMembers<Rule>>([&]<class D>(D) {
    using Member = ScopeMember<RuleMember<Rule, D>>;
    const auto field = from.fields.find(D::name);
    const bool there = field != from.fields.end();
    if (error || (!there && !Member::field().required)) return;
    if (there && Member::read(field->second, rule.*D::pointer)) return;
    error = Error(Errc::invalid_argument, "a rule needs the field '" + std::string(D::name) +
                                              (there ? "' in another form or range" : "'; add it"));
  });
  if (error) return *error;
  return rule;
}

}  // namespace detail
}  // namespace cloche
