#pragma once

#include "rights.h"

#include <cloche/host.h>
#include <memory>

namespace cloche::cli {

/// The options of a host with the built-in capabilities, those rights, and plugins' console on the terminal: on stdout,
/// warnings and errors on stderr; with `json` all on stderr, so that stdout holds one document.
[[nodiscard]] Result<HostOptions> host_options(const RightsOptions& rights, bool json);

/// A host made of them. `observer` may be null.
[[nodiscard]] Result<Host> make_host(const RightsOptions& rights, bool json, std::shared_ptr<Observer> observer = nullptr);

}  // namespace cloche::cli
