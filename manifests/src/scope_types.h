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

}  // namespace cloche
