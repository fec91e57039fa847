#pragma once

#include <cloche/conjunction.h>
#include <cloche/grants.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address_ranges.h"
#include "net/url_pattern.h"

namespace cloche::net {

/// Where a request may be redirected to; each allows more than the one before.
enum class Redirects : std::uint8_t { none, same_rule, any_rule };

/// What a plugin is about to do.
struct Use {
  const Url& url;
  std::string_view method;
  /// Which address of the host it is about to connect to; null while that is not known yet.
  const Address* address = nullptr;
  /// Of a redirect that must stay inside the rule: the use it began with.
  const Use* origin = nullptr;
};

/// One rule of `net.fetch`, compiled.
class NetRule {
 public:
  struct Bounds {
    std::uint64_t max_bytes = Limits::kUnlimited;
    std::optional<Duration> timeout;
    Redirects redirects = Redirects::any_rule;
    bool ruled = false;  ///< whether any rule stands behind it, rather than layers that say "everything"

    void widen(const Bounds& other);
    void narrow(const Bounds& other);
  };

  /// Error: `invalid_argument`.
  [[nodiscard]] static Result<NetRule> compile(const ScopeRule& rule);

  /// Without `addresses`: an address written in the URL pattern is itself allowed, and public ones are.
  [[nodiscard]] bool matches(const Use& use) const;
  /// Without `addresses`: whatever the address.
  [[nodiscard]] bool denies(const Use& use) const;
  [[nodiscard]] Bounds bounds() const { return bounds_; }
  [[nodiscard]] std::string text() const { return url_ ? url_->text() : "any URL"; }

 private:
  [[nodiscard]] bool fits(const Use& use) const;
  [[nodiscard]] bool allows_address(const Address& address) const;

  std::optional<UrlPattern> url_;
  std::vector<std::string> methods_;  // none: all
  std::optional<AddressRanges> addresses_;
  Bounds bounds_;
};

/// What one grant of `net.fetch` lets a plugin reach. Immutable; may be used from any thread.
class NetScope {
 public:
  using Permit = Conjunction<NetRule>::Permit;

  /// Error: `invalid_argument`.
  [[nodiscard]] static Result<NetScope> make(const Grant& grant);

  /// Nothing when `use` is outside. Where every layer says "everything" only public addresses are inside.
  [[nodiscard]] std::optional<Permit> permit(const Use& use) const;

 private:
  explicit NetScope(Conjunction<NetRule> rules) : rules_(std::move(rules)) {}

  Conjunction<NetRule> rules_;
};

}  // namespace cloche::net
