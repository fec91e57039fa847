#pragma once

#include <cloche/capability_request.h>
#include <cloche/catalogue.h>
#include <cloche/limit_requests.h>
#include <cloche/result.h>
#include <cloche/semver.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// plugin.yaml, version 1, as plain data. Texts are as written: pass them through escape_controls() before
/// showing them.
struct Manifest {
  struct Publisher {
    std::string name;
    std::string key;  ///< "ed25519:" and base64, or empty
  };
  struct Engines {
    std::optional<VersionRange> host;  ///< of the application's version
    std::optional<VersionRange> api;   ///< of Cloche's plugin API
  };
  struct Dependency {
    VersionRange version;
    bool optional = false;
    std::vector<std::string> inherit;  ///< capabilities passed on
    SourceLocation where;
  };
  struct Provided {
    std::string interface;
    Version version;
    std::string types;  ///< a path inside the package, or empty
  };
  struct Used {
    std::string interface;
    VersionRange version;
    bool optional = false;
  };
  struct Config {
    std::string schema;           ///< a path inside the package, or empty
    std::string defaults = "{}";  ///< a JSON object
  };
  struct Command {
    std::string id;
    std::string title;
    std::string shortcut;
  };
  enum class HotReload : std::uint8_t { drop_state, export_state };

  std::string id;
  std::string name;  ///< the id where the file gives none
  std::string description;
  Version version;
  std::string license;
  Publisher publisher;
  Engines engines;
  std::string main;  ///< relative, with '/' between its parts and no '..'
  Isolation isolation = Isolation::isolate;
  std::vector<std::string> activation;
  std::map<std::string, std::string> integrity;  ///< path → "sha256-" and base64
  std::vector<CapabilityRequest> required;
  std::vector<CapabilityRequest> optional;
  std::map<std::string, Dependency> dependencies;  ///< by plugin id
  std::vector<Provided> provides;
  std::vector<Used> uses;
  Config config;
  std::vector<Command> commands;  ///< contributes.commands
  LimitRequests limits;
  bool code_generation = true;
  bool web_assembly = true;
  HotReload hot_reload = HotReload::drop_state;

  /// "sha256:" and 64 hexadecimal digits, of the text it was read from; empty where it was not read from one.
  std::string digest;

  SourceLocation where;         ///< the manifest's first field
  SourceLocation main_where;    ///< the value of `main`
  SourceLocation limits_where;  ///< the value of `limits`, where there is one
};

/// Reads plugin.yaml from `text`; `file_name` is used in locations only. Pure; safe from any thread.
/// Error: `manifest_invalid`; every error found is there, the first with the others as its more().
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text, std::string_view file_name);

/// Checks every capability `manifest` asks for against what the host offers: ids, and the fields of their
/// scopes. Error: `manifest_invalid`, as of parse_manifest().
[[nodiscard]] Result<void> check_capabilities(const Manifest& manifest, const Catalogue& catalogue);

/// Checks `engines` against the application's version and Cloche's plugin API. Error: `manifest_invalid`.
[[nodiscard]] Result<void> check_engines(const Manifest& manifest, const Version& host, const Version& api);

}  // namespace cloche
