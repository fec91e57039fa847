#pragma once

#include <cloche/cloche.h>
#include <memory>
#include <string_view>

namespace cloche::bench {

/// The plugin everything is measured with: some classes and tables, as a small real one has, and the
/// functions that are called.
extern const std::string_view kPluginSource;

/// A host without threads of its own, with one capability (`cap:bench`, whose `add1` adds one), that grants
/// everything.
Host make_host();

/// Loads the plugin into it. Ends the program with a message when that fails: there is nothing to measure
/// then.
Plugin load(Host& host);

}  // namespace cloche::bench
