#pragma once

#include <cloche/call.h>
#include <cloche/future.h>
#include <cloche/registry.h>
#include <cloche/value.h>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// The other plugins of a host, as one of them may reach them: by the interfaces they provide. The host implements it;
/// any thread.
class PluginDirectory {
 public:
  virtual ~PluginDirectory() = default;
  /// The id of the plugin that a call of `interface` by `caller` reaches now: of those that provide a version the caller's
  /// manifest is content with (`uses`), the one with the highest. Errors: `not_capable` for an interface that is
  /// not among its `uses`, `no_such_export` when nobody provides it.
  [[nodiscard]] virtual Result<std::string> provider(const PluginInfo& caller,
                                                     std::string_view interface) const = 0;
  /// Calls `function`, an export of that plugin's main module. Nothing of the caller's rights goes along: the other runs
  /// with its own. Errors: as of `provider`; `pending_limit` when plugins call each other deeper than a host lets
  /// them; whatever the call ends with.
  [[nodiscard]] virtual Future<Value> call(const PluginInfo& caller, std::string_view interface,
                                           std::string function, std::vector<Value> arguments) = 0;
};

/// Defines `plugins`, with which plugins call each other. Its scope is a list of `interface` patterns, in which '*'
/// stands for any characters.
void define_plugins(Registry& registry);

}  // namespace cloche
