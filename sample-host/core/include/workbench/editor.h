#pragma once

#include "workbench/desk.h"

#include <cloche/registry.h>
#include <memory>

namespace workbench {

/// Adds the `editor` capability: what a plugin's command can do with the document it runs on.
void define_editor(cloche::Registry& registry, std::shared_ptr<Desk> desk);

}  // namespace workbench
