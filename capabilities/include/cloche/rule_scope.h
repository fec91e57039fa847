#pragma once

#include <boost/callable_traits/args.hpp>
#include <cloche/call.h>
#include <cloche/conjunction.h>
#include <cloche/detail/scope_fields.h>
#include <cloche/scope_text.h>
#include <cloche/text.h>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cloche {

/// The scope of one grant of a capability that declared its rules as a described struct, with
/// `CapabilityBuilder::scope<Rule>(matcher)`: the conjunction of what the layers said, each rule as a Rule. Immutable; may
/// be used from any thread.
///
///     struct OpenRule {
///       std::string language;                  // "*": any
///       std::optional<std::uint32_t> at_most;  // documents
///     };
///     BOOST_DESCRIBE_STRUCT(OpenRule, (), (language, at_most))
///
/// A member is a field of the rules in manifests and policies, checked there, and required unless it is an optional: text
/// (std::string, ScopePath, ScopeUrl), one of few words (a described enum), list of texts, count (an unsigned integer),
/// size (ScopeSize), duration, flag (bool).
template <class Rule, class Query>
class RuleScope {
 public:
  /// Whether a use is what the rule means, all of its fields. The same for rules that allow and that deny.
  using Matcher = std::function<bool(const Rule&, const Query&)>;

  /// Error: `invalid_argument`, with its place, for a rule that is no Rule.
  [[nodiscard]] static Result<RuleScope> make(const Grant& grant,
                                              const std::shared_ptr<const Matcher>& matcher) {
    const CatalogueEntry entry{grant.capability, {}, detail::scope_fields<Rule>(), {}};
    auto rules = Conjunction<Compiled>::make(grant, [&](const ScopeRule& rule) -> Result<Compiled> {
      auto read = detail::read_rule<Rule>(rule);
      if (!read) return read.error();
      ScopeSet alone;
      alone.rules.push_back(rule);
      return Compiled(std::move(*read), describe(alone, entry), matcher);
    });
    if (!rules) return rules.error();
    return RuleScope(grant.capability, std::move(*rules));
  }

  /// For a function to begin with: whether the plugin may do `query`, of which `subject` tells people, without what is
  /// secret in it; the audit is told. Error: `not_capable`.
  [[nodiscard]] Result<void> admit(Call& call, const Query& query, std::string_view subject) const {
    const auto permit = rules_.permit(query);
    call.about(subject, permit ? permit->rule : std::string_view());
    if (permit) return {};
    return Error(Errc::not_capable, "'" + escape_controls(subject.substr(0, kShown)) +
                                        "' is outside what this plugin was granted of " + capability_);
  }

 private:
  static constexpr std::size_t kShown = 80;

  class Compiled {
   public:
    struct Bounds {
      void widen(const Bounds&) {}
      void narrow(const Bounds&) {}
    };
    Compiled(Rule rule, std::string text, std::shared_ptr<const Matcher> matcher)
        : rule_(std::move(rule)), text_(std::move(text)), matcher_(std::move(matcher)) {}
    [[nodiscard]] bool matches(const Query& query) const { return (*matcher_)(rule_, query); }
    [[nodiscard]] bool denies(const Query& query) const { return (*matcher_)(rule_, query); }
    [[nodiscard]] Bounds bounds() const { return {}; }
    [[nodiscard]] std::string text() const { return text_; }

   private:
    Rule rule_;
    std::string text_;
    std::shared_ptr<const Matcher> matcher_;
  };

  RuleScope(std::string capability, Conjunction<Compiled> rules)
      : capability_(std::move(capability)), rules_(std::move(rules)) {}

  std::string capability_;
  Conjunction<Compiled> rules_;
};

namespace detail {

/// The Query of a matcher: its second parameter.
template <class Matcher>
using QueryOf = std::remove_cvref_t<std::tuple_element_t<1, boost::callable_traits::args_t<Matcher>>>;

}  // namespace detail
}  // namespace cloche
