#pragma once

#include <cloche/builtin/fs.h>
#include <cloche/call.h>
#include <cloche/grants.h>

#include "fs/path_pattern.h"

namespace cloche::fs {

/// The folders that path rules of this grant can name, for this plugin; its own are made where the grant names them.
/// Error: `io`, for a folder of the host's that is not there.
[[nodiscard]] Result<Folders> folders_for(const FsOptions& options, const Grant& grant,
                                          const PluginInfo& plugin);

}  // namespace cloche::fs
