#pragma once

#include <cloche/registry.h>

namespace cloche {

/// Defines `permissions`, which every plugin has without asking: what it holds of what its manifest asks for, and how it
/// asks the user for what it does not hold. States are the W3C's: "granted", "prompt", "denied".
void define_permissions(Registry& registry);

}  // namespace cloche
