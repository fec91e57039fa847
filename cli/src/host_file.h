#pragma once

#include <cloche/catalogue.h>
#include <cloche/result.h>
#include <filesystem>
#include <map>
#include <string>

namespace cloche::cli {

/// What an application says about the capabilities that it adds to the built-in ones, in a file for the tools
/// of plugin authors:
///
///     {"capabilities": [{"id": "editor", "summary": "…", "functions": ["text", "replace"],
///                        "scope": [{"name": "document", "kind": "text"}], "types": "declare module …"}]}
///
/// Only `id` must be there; `kind` is a ScopeKind's name, `types` the TypeScript declarations.
struct HostFile {
  static constexpr const char* kName = "cloche-host.json";

  Catalogue catalogue;
  std::map<std::string, std::string> types;  ///< by capability id
};

/// The one in the folder of `path` (or in `path`, when it is a folder) or in the nearest folder above; an
/// empty one where there is none. Error: `manifest_invalid`, at the file.
[[nodiscard]] Result<HostFile> find_host_file(const std::filesystem::path& path);

}  // namespace cloche::cli
