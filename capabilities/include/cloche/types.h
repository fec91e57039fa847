#pragma once

#include <cloche/registry.h>
#include <span>
#include <string>

namespace cloche {

/// The TypeScript declarations of what a plugin that holds exactly these capabilities may import: one
/// `declare module` for each module, in the order of their names, with the functions of the facets named, and of
/// the capabilities that every plugin has. Ids the registry does not know are left out. The order of `capability_ids` does not matter.
[[nodiscard]] std::string type_declarations(const Registry& registry,
                                            std::span<const std::string> capability_ids);

/// The declarations of the globals every plugin finds beside ECMAScript's own: `console`, the timers and
/// `queueMicrotask`. Together with TypeScript's `lib: ["es2022"]` they describe all there is.
[[nodiscard]] std::string global_declarations();

}  // namespace cloche
