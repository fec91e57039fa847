#pragma once

#include <boost/describe.hpp>
#include <cloche/builtin/exec.h>
#include <cloche/call.h>
#include <cloche/conjunction.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/command_rule.h"
#include "exec/process.h"
#include "exec/spawn.h"

namespace cloche::exec {

/// A command as a plugin asks for it.
struct Request {
  std::string command;
  std::vector<std::string> arguments;
  std::optional<std::string> folder;
  Environment variables;
};

/// A command that may be run.
struct Permitted {
  CommandLine line;
  Terms terms;
  std::string rule;
};

/// What one grant of `exec` lets a plugin run. Immutable; may be used from any thread.
class CommandScope {
 public:
  [[nodiscard]] static Result<CommandScope> make(const ExecOptions& options, const Grant& grant,
                                                 fs::Folders folders);

  /// Looks the command up and opens its folder, so it may block. Errors: `not_capable`, `invalid_argument`, `io`.
  [[nodiscard]] Result<Permitted> permit(Request request) const;

 private:
  CommandScope(std::string capability, const ExecOptions& options, fs::Folders folders,
               Conjunction<CommandRule> rules)
      : capability_(std::move(capability)),
        path_(options.path),
        environment_(options.environment),
        folders_(std::move(folders)),
        rules_(std::move(rules)) {}

  using Permit = Conjunction<CommandRule>::Permit;

  [[nodiscard]] Result<Command> resolve(const Request& request) const;
  [[nodiscard]] Result<FileDescriptor> open_folder(Command command, const Permit& permit,
                                                   const std::string& shown) const;
  [[nodiscard]] Environment environment(const Permit& permit) const;
  [[nodiscard]] Error not_capable(const std::string& command) const;

  std::string capability_;
  CommandPath path_;
  Environment environment_;
  fs::Folders folders_;
  Conjunction<CommandRule> rules_;
};

}  // namespace cloche::exec
