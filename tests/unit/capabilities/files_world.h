#pragma once

#include <cloche/builtin/fs.h>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scopes.h"
#include "support.h"
#include "temporary_folder.h"

namespace cloche::testing {

inline ScopeRule path_rule(std::string path) { return rule_of({{"path", std::move(path)}}); }

/// A workspace beside a neighbour whose name begins alike, and plugins that hold some of it.
struct FilesWorld {
  TemporaryFolder folder;
  FilesWorld() {
    folder.put("ws/a.md", "alpha");
    folder.put("ws/sub/b.md", "beta");
    folder.put("ws/sub/deep/c.md", "gamma");
    folder.put("ws/secret/key", "hidden");
    folder.put("ws_evil/x", "hidden");
    std::filesystem::create_directory(folder.path() / "tmp");
  }

  [[nodiscard]] std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  [[nodiscard]] FsOptions options() const {
    return {{{"WORKSPACE", folder.path() / "ws"}, {"TEMP", folder.path() / "tmp"}},
            folder.path() / "data",
            make_temporary_folders()};
  }
  [[nodiscard]] Result<Caller> plugin(Grant read, Grant write) const {
    auto registry = std::make_shared<Registry>();
    define_fs(*registry, options());
    read.capability = "fs.read";
    write.capability = "fs.write";
    return Caller::make(registry, grants_of({std::move(read), std::move(write)}));
  }
  /// One that may read and write by these rules.
  [[nodiscard]] Caller allowed(std::vector<ScopeRule> allow, std::vector<ScopeRule> deny = {}) const {
    Grant grant{"", {set_of(std::move(allow))}, {}};
    if (!deny.empty()) grant.deny.push_back(set_of(std::move(deny)));
    return plugin(grant, grant).value();
  }
  [[nodiscard]] Caller everywhere() const { return allowed({path_rule("$WORKSPACE/**")}); }
};

inline Errc file_failure(Caller& call, const char* function, std::vector<Value> arguments) {
  auto result = call("fs", function, std::move(arguments));
  return result ? Errc::internal : result.error().code();
}

}  // namespace cloche::testing
