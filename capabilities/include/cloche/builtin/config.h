#pragma once

#include <cloche/configuration.h>
#include <cloche/registry.h>
#include <memory>

namespace cloche {

/// `config`: the plugin's settings (Configuration). `get(name)` and `all()` read them, as JSON has them; `onChange(callback)` has
/// `callback({changed, settings})` called after each change, with the names whose settings are others, until the number that
/// it gives is handed to `offChange`, the capability is revoked or the plugin goes. A plugin has at most 16 such callbacks.
void define_config(Registry& registry,
                   std::shared_ptr<Configuration> configuration = std::make_shared<Configuration>());

}  // namespace cloche
