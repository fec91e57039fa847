#pragma once

#include <cloche/result.h>
#include <string>

namespace workbench {

/// What the workbench adds to the built-in capabilities, as the text of cloche-host.json, from which the
/// cloche command knows them when it checks and explains plugins.
[[nodiscard]] cloche::Result<std::string> host_description();

}  // namespace workbench
