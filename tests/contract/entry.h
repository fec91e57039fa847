#pragma once

#include <cloche/grants.h>
#include <cloche/value.h>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/world.h"

namespace cloche::contract {

/// One call of a function of a capability.
struct Use {
  std::string function;
  std::vector<Value> arguments;
};

/// How one capability is put to the test.
struct Entry {
  std::string capability;
  std::optional<ScopeRule> rule;  ///< what is granted; nothing: it takes no scope
  Use inside;                     ///< works
  std::optional<Use> outside;     ///< is outside of `rule`; nothing: it answers with what is inside
  std::optional<Use> waits;       ///< waits until it is ended; nothing: no function of it can
  /// Leaves a callback behind, its last argument, which is added; nothing: no function of it does.
  std::optional<Use> leaves;
  std::function<void(World&)> poke;  ///< has the callback called, while there is one
};

/// One for each capability of a World's registry.
[[nodiscard]] std::vector<Entry> entries(const World& world);

}  // namespace cloche::contract
