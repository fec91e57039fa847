#pragma once

#include <cloche/grants.h>
#include <cloche/result.h>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exec/argument_pattern.h"
#include "exec/process.h"
#include "fs/path_pattern.h"
#include "text/names.h"

namespace cloche::exec {

/// Where commands that are named without a folder are looked up.
using CommandPath = std::vector<std::filesystem::path>;

/// The program that `name` means, absolute; empty where it is not there.
[[nodiscard]] std::string find_command(const std::string& name, const CommandPath& path);
/// The same with links resolved; empty where it is not there.
[[nodiscard]] std::string real_command(const std::string& path);

/// What a plugin wants to run.
struct Command {
  std::string name;  ///< as the plugin wrote it
  std::string path;  ///< as find_command has it
  std::string real;  ///< as real_command has it
  std::vector<std::string> arguments;
  fs::PathParts folder;
  bool default_folder = false;         ///< it named none
  std::vector<std::string> variables;  ///< those it gives values
};

/// One rule of `exec`.
class CommandRule {
 public:
  struct Bounds {
    Terms terms;
    const fs::PathParts* root = nullptr;  ///< of the folder's pattern: what to open the folder beneath
    /// The variables the program has of the host's: those that each of these allows by one of its patterns.
    std::vector<std::vector<const text::NamePatterns*>> passed;

    void widen(const Bounds& other);
    void narrow(const Bounds& other);
  };

  [[nodiscard]] static Result<CommandRule> parse(const ScopeRule& rule, const CommandPath& path,
                                                 const fs::Folders& folders);

  /// A field that is left out allows the least: no arguments, no other folder, no variables.
  [[nodiscard]] bool matches(const Command& command) const;
  /// A field that is left out denies whatever it is; a program is denied by its other names too.
  [[nodiscard]] bool denies(const Command& command) const;
  [[nodiscard]] Bounds bounds() const;
  [[nodiscard]] std::string text() const;

 private:
  Result<void> read_lists(const ScopeRule& rule);
  [[nodiscard]] bool lets_set(const std::vector<std::string>& variables) const;

  std::string name_;
  std::string path_;
  std::string real_;
  std::string shown_;
  std::optional<ArgumentPattern> arguments_;
  std::optional<fs::PathPattern> folder_;
  text::NamePatterns passed_;
  std::optional<text::NamePatterns> set_;
  Terms terms_;
};

}  // namespace cloche::exec
