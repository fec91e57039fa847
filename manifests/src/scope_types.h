#pragma once

#include <cloche/catalogue.h>
#include <cloche/grants.h>
#include <functional>
#include <optional>

namespace cloche {

enum class RuleUse : std::uint8_t {
  allow,  ///< every required field must be there
  deny,   ///< one field is enough
};

/// Told of each field that does not fit: where, and what to write instead.
using Complain = std::function<void(const SourceLocation& where, std::string message)>;

/// `rule`, as written in YAML, with the values the catalogue's kinds ask for: sizes in bytes, durations in
/// nanoseconds. Nothing where a field is unknown, of another kind, or missing.
std::optional<ScopeRule> typed_rule(const ScopeRule& rule, const CatalogueEntry& entry, RuleUse use,
                                    const Complain& complain);

/// What an allowing scope means: its rules with the values the catalogue's kinds ask for. Rules that do not fit are
/// left out: they allow nothing. A capability without a scope is asked for and given as a whole; with one, no
/// scope (`has_scope` is false) is nothing.
ScopeSet meant(bool has_scope, const ScopeSet& set, const CatalogueEntry& entry);

}  // namespace cloche
