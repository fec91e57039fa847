#pragma once

#include <cloche/cloche.h>
#include <memory>
#include <string_view>

namespace cloche::bench {

/// The plugin everything is measured with: some classes and tables, as a small real one has, and the
/// functions that are called.
extern const std::string_view kPluginSource;

/// A host that grants everything. By default it has no threads of its own, and one capability: `cap:bench`,
/// whose `add1` adds one.
Host make_host();
Host make_host(unsigned workers, Registry registry);
Host make_host(HostOptions options);

/// Loads a plugin that may use all of its capabilities: the one above into the host above, or another. Ends
/// the program with a message when that fails: there is nothing to measure then.
Plugin load(Host& host);
Plugin load(Host& host, std::string_view source, const LoadOptions& options);
/// The same, where it may fail.
Result<Plugin> try_load(Host& host, std::string_view source, const LoadOptions& options);

}  // namespace cloche::bench
