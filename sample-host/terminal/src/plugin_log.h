#pragma once

#include "style.h"

#include <cloche/log_sink.h>
#include <iosfwd>
#include <memory>

namespace workbench::terminal {

/// Shows what plugins write to console, a line each with the plugin's name. `out` must outlive it.
std::shared_ptr<cloche::LogSink> make_plugin_log(std::ostream& out, Style style);

}  // namespace workbench::terminal
