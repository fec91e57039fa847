#pragma once

#include "console.h"
#include "rights.h"

#include <cloche/host.h>
#include <memory>

namespace cloche::cli {

/// The options of a host with the built-in capabilities, those rights, and plugins' console on the terminal.
[[nodiscard]] Result<HostOptions> host_options(const RightsOptions& rights, ConsoleOptions console);

/// A host made of them. `observer` may be null.
[[nodiscard]] Result<Host> make_host(const RightsOptions& rights, ConsoleOptions console,
                                     std::shared_ptr<Observer> observer = nullptr);

}  // namespace cloche::cli
