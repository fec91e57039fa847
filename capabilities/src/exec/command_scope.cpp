#include "exec/command_scope.h"

#include <algorithm>
#include <fcntl.h>
#include <utility>

#include "fs/locate.h"
#include "text/ecma_text.h"

namespace cloche::exec {
namespace {

std::string shown(std::string_view name) { return "'" + text::excerpt(name, 200) + "'"; }

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Result<void> check(const Request& request) {
  const std::string& name = request.command;
  if (name.empty() || has_nul(name) || (name.find('/') != std::string::npos && name.front() != '/')) {
    return Error(Errc::invalid_argument,
                 shown(name) + " is no command: write a name such as git, or an absolute path");
  }
  if (std::ranges::any_of(request.arguments, has_nul))
    return Error(Errc::invalid_argument, "an argument must not contain a NUL character");
  for (const auto& [variable, value] : request.variables) {
    if (!text::is_variable_name(variable) || has_nul(value))
      return Error(Errc::invalid_argument, shown(variable) + " cannot be set in an environment");
  }
  return {};
}

}  // namespace

Result<CommandScope> CommandScope::make(const ExecOptions& options, const Grant& grant, fs::Folders folders) {
  auto rules = Conjunction<CommandRule>::make(
      grant, [&](const ScopeRule& rule) { return CommandRule::parse(rule, options.path, folders); });
  if (!rules) return rules.error();
  return CommandScope(grant.capability, options, std::move(folders), std::move(*rules));
}

Error CommandScope::not_capable(const std::string& command) const {
  return {Errc::not_capable, shown(command) + " is outside what this plugin was granted of " + capability_ +
                                 ": no rule allows it with these arguments, folder and variables"};
}

Result<Command> CommandScope::resolve(const Request& request) const {
  if (auto good = check(request); !good) return good.error();
  Command command{
      request.command, find_command(request.command, path_), {}, request.arguments, {}, false, {}};
  command.real = real_command(command.path);
  for (const auto& [variable, value] : request.variables) command.variables.push_back(variable);
  command.default_folder = !request.folder;
  if (!request.folder && folders_.find("WORKSPACE") == folders_.end()) return command;
  auto folder = fs::resolve_name(request.folder.value_or("$WORKSPACE"), folders_);
  if (!folder) return folder.error();
  command.folder = std::move(*folder);
  return command;
}

// Where a link leads must be inside the scope by its own path too, as with files.
Result<FileDescriptor> CommandScope::open_folder(Command command, const Permit& permit,
                                                 const std::string& shown_as) const {
  const fs::PathParts here = command.default_folder ? command.folder : fs::PathParts();
  const fs::PathParts& root = permit.bounds.root == nullptr ? here : *permit.bounds.root;
  auto opened = fs::open_location(root, command.folder, O_DIRECTORY, shown_as);
  if (!opened) return opened.error();
  command.folder = std::move(opened->real);
  if (!rules_.permit(command)) return not_capable(command.name);
  return std::move(opened->fd);
}

Environment CommandScope::environment(const Permit& permit) const {
  const auto& layers = permit.bounds.passed;
  Environment passed;
  const auto passes = [&](const std::string& name) {
    return !layers.empty() && std::ranges::all_of(layers, [&](const auto& layer) {
      return std::ranges::any_of(layer, [&](const auto* patterns) { return patterns->match(name); });
    });
  };
  for (const auto& [name, value] : environment_) {
    if (passes(name)) passed.emplace(name, value);
  }
  return passed;
}

Result<Permitted> CommandScope::permit(Request request) const {
  auto command = resolve(request);
  if (!command) return command.error();
  const auto permit = rules_.permit(*command);
  if (!permit) return not_capable(request.command);
  if (command->path.empty()) {
    return Error(Errc::io, "there is no command " + shown(request.command) +
                               " in the folders where this host looks them up");
  }
  const std::string path = command->path;
  auto folder = open_folder(std::move(*command), *permit, request.folder.value_or("the working folder"));
  if (!folder) return folder.error();
  Permitted permitted{{path, std::move(request.arguments), environment(*permit), std::move(*folder)},
                      permit->bounds.terms,
                      std::string(permit->rule)};
  permitted.line.arguments.insert(permitted.line.arguments.begin(), request.command);
  for (auto& [name, value] : request.variables)
    permitted.line.environment.insert_or_assign(name, std::move(value));
  return permitted;
}

}  // namespace cloche::exec
