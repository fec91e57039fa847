#pragma once

#include <cloche/grants.h>
#include <cloche/result.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

/// The scope of a grant as it is enforced, whatever its rules are about: the conjunction of what the layers said. A use
/// is inside when every layer that allows has a rule that matches it, and no layer that denies has one.
///
/// Rule is a rule of one capability, compiled:
///
///     struct Rule {
///       struct Bounds {                    // how much of it, where the rule matches; made as one that bounds nothing
///         void widen(const Bounds& other);   // of two rules of one layer, either of which would do
///         void narrow(const Bounds& other);  // of two layers, both of which must be kept to
///       };
///       bool matches(const Query&) const;  // as a rule that allows
///       bool denies(const Query&) const;   // as a rule that denies, which may well take in more
///       Bounds bounds() const;
///       std::string text() const;          // the rule for people, in one line
///     };
///
/// Immutable once it is made; may be used from any thread.
template <class Rule>
class Conjunction {
 public:
  using Bounds = typename Rule::Bounds;

  struct Permit {
    Bounds bounds;
    /// Which rule matched, and where it stands: of several layers the last that has rules. As long as the conjunction
    /// lives.
    std::string_view rule;
  };

  /// `compile(const ScopeRule&)` gives Result<Rule>. Error: that of a rule that cannot be compiled, with its place; none
  /// is left out in silence.
  template <class Compile>
  [[nodiscard]] static Result<Conjunction> make(const Grant& grant, Compile&& compile) {
    Conjunction made;
    for (auto [sets, out] : {std::pair(&grant.allow, &made.allow_), std::pair(&grant.deny, &made.deny_)}) {
      for (const ScopeSet& set : *sets) {
        auto compiled = compile_set(set, compile);
        if (!compiled) return compiled.error();
        out->push_back(std::move(*compiled));
      }
    }
    return made;
  }

  /// Nothing when `query` is outside. A grant that no layer says anything about gives nothing.
  template <class Query>
  [[nodiscard]] std::optional<Permit> permit(const Query& query) const {
    if (allow_.empty() || denied(query)) return std::nullopt;
    Permit permit{{}, "everything"};
    for (const Set& set : allow_) {
      if (!set.everything && !allowed(set, query, permit)) return std::nullopt;
    }
    return permit;
  }

 private:
  struct Entry {
    Rule rule;
    std::string text;
  };
  struct Set {
    bool everything = false;
    std::vector<Entry> entries;
  };

  template <class Compile>
  static Result<Set> compile_set(const ScopeSet& set, Compile& compile) {
    Set compiled{set.everything, {}};
    for (const ScopeRule& rule : set.rules) {
      Result<Rule> made = compile(rule);
      if (!made) return made.error().where() ? made.error() : Error(made.error()).at(rule.where);
      std::string text = made->text();
      if (rule.where.line != 0) text += " (" + to_string(rule.where) + ")";
      compiled.entries.push_back({std::move(*made), std::move(text)});
    }
    return compiled;
  }

  template <class Query>
  static bool allowed(const Set& set, const Query& query, Permit& permit) {
    std::optional<Bounds> widest;
    for (const Entry& entry : set.entries) {
      if (!entry.rule.matches(query)) continue;
      if (widest) {
        widest->widen(entry.rule.bounds());
      } else {
        widest = entry.rule.bounds();
        permit.rule = entry.text;
      }
    }
    if (widest) permit.bounds.narrow(*widest);
    return widest.has_value();
  }

  template <class Query>
  [[nodiscard]] bool denied(const Query& query) const {
    for (const Set& set : deny_) {
      if (set.everything) return true;
      for (const Entry& entry : set.entries) {
        if (entry.rule.denies(query)) return true;
      }
    }
    return false;
  }

  std::vector<Set> allow_;
  std::vector<Set> deny_;
};

}  // namespace cloche
