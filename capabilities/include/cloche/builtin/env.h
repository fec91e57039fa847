#pragma once

#include <cloche/registry.h>
#include <map>
#include <string>

namespace cloche {

/// Variables by name.
using Environment = std::map<std::string, std::string>;

/// A copy of this process's environment as it is now. Not while another thread changes it (setenv).
[[nodiscard]] Environment process_environment();

/// `env`: `get(name)` and `all()`, of the variables in `environment` that the scope names; what the process changes
/// later is not seen. The scope is a list of rules with `names`, each the name of a variable (`LANG`) or, with a `*` at
/// its end, the beginning of several (`LC_*`). A plugin cannot tell a variable that is not set from an empty scope by
/// any other name: what is outside the scope is `not_capable` whether or not it is set. Values that are not UTF-8 are
/// left out.
void define_env(Registry& registry, Environment environment = process_environment());

}  // namespace cloche
