#pragma once

#include <cloche/result.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// Secrets the host keeps for plugins to use without seeing them: `net` puts them into headers. From any
/// thread; must not wait, for a plugin's thread does.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  /// What `name` is for the plugin of that id; nothing when there is no such secret. Error: `io`; its text is
  /// shown to the plugin and must not tell the value.
  [[nodiscard]] virtual Result<std::optional<std::string>> value(std::string_view plugin,
                                                                 std::string_view name) = 0;
  /// Names that plugins may be told of.
  [[nodiscard]] virtual std::vector<std::string> names(std::string_view plugin) = 0;
};

/// The same for every plugin: values by name.
[[nodiscard]] std::shared_ptr<SecretStore> secrets_in_memory(std::map<std::string, std::string> values);

/// The same for every plugin: by name, the variable of this process's environment that holds the value, read
/// when it is needed.
[[nodiscard]] std::shared_ptr<SecretStore> secrets_of_environment(
    std::map<std::string, std::string> variables);

}  // namespace cloche
