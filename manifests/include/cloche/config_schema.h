#pragma once

#include <cloche/manifest.h>
#include <cloche/result.h>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cloche {

/// The JSON Schema of a plugin's settings, draft 7. What could take long over hostile input is refused: `$ref`,
/// `pattern` and `patternProperties`, more than 64 KiB, or a nesting beyond 32; `format` says nothing. Immutable; may be
/// used from any thread.
class ConfigSchema {
 public:
  /// Settings of any kind.
  ConfigSchema() = default;

  /// Error: `manifest_invalid`, in `file_name`.
  [[nodiscard]] static Result<ConfigSchema> parse(std::string_view text, const std::string& file_name);

  /// Checks settings, a JSON object. Error: `invalid_argument`, with the place and the reason of the first thing that
  /// does not fit.
  [[nodiscard]] Result<void> check(std::string_view settings) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// What a manifest says of the plugin's settings, as read from its package.
struct ConfigTerms {
  ConfigSchema schema;
  std::string defaults = "{}";  ///< a JSON object that fits the schema
};

/// Reads them; `read` gives the text of a file of the package. Error: `manifest_invalid` where the schema cannot be read or
/// the defaults do not fit it.
[[nodiscard]] Result<ConfigTerms> read_config_terms(
    const Manifest& manifest, const std::function<Result<std::string>(std::string_view)>& read);

}  // namespace cloche
