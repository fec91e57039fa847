#pragma once

#include <cloche/conjunction.h>
#include <cloche/grants.h>
#include <optional>
#include <string>
#include <string_view>

#include "net/url_pattern.h"

namespace cloche::secrets {

/// What one grant of `secrets` lets a plugin use. Immutable; may be used from any thread.
class SecretScope {
 public:
  /// Error: `invalid_argument`.
  [[nodiscard]] static Result<SecretScope> make(const Grant& grant);

  /// Whether `name` may be sent with a request of `url`.
  [[nodiscard]] bool allows(std::string_view name, const net::Url& url) const;
  /// Whether it may be sent with any.
  [[nodiscard]] bool allows_somewhere(std::string_view name) const;

 private:
  struct Use {
    std::string_view name;
    const net::Url* url;  // null: any
  };
  struct Rule {
    struct Bounds {
      void widen(const Bounds&) {}
      void narrow(const Bounds&) {}
    };
    std::optional<std::string> name;
    std::optional<net::UrlPattern> url;

    [[nodiscard]] static Result<Rule> compile(const ScopeRule& rule);
    [[nodiscard]] bool fits(const Use& use) const;
    [[nodiscard]] bool matches(const Use& use) const { return fits(use); }
    /// One that is denied for some URLs may be sent to others.
    [[nodiscard]] bool denies(const Use& use) const { return fits(use) && (use.url != nullptr || !url); }
    [[nodiscard]] Bounds bounds() const { return {}; }
    [[nodiscard]] std::string text() const { return name.value_or("any secret"); }
  };

  explicit SecretScope(Conjunction<Rule> rules) : rules_(std::move(rules)) {}

  Conjunction<Rule> rules_;
};

}  // namespace cloche::secrets
