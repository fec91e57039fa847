#include "exec/command_rule.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "scope/rule_fields.h"

namespace cloche::exec {
namespace {

namespace stdfs = std::filesystem;
using Texts = std::vector<std::string>;

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string find_command(const std::string& name, const CommandPath& path) {
  if (name.find('/') != std::string::npos) return stdfs::path(name).lexically_normal().string();
  for (const stdfs::path& folder : path) {
    std::string candidate = (folder / name).string();
    if (is_program(candidate)) return candidate;
  }
  return {};
}

std::string real_command(const std::string& path) {
  std::error_code error;
  return stdfs::canonical(path, error).string();
}

void CommandRule::Bounds::widen(const Bounds& other) {
  terms.max_output = std::max(terms.max_output, other.terms.max_output);
  terms.timeout = std::max(terms.timeout, other.terms.timeout);
  if (root == nullptr || (other.root != nullptr && other.root->size() > root->size())) root = other.root;
  passed.front().insert(passed.front().end(), other.passed.front().begin(), other.passed.front().end());
}

void CommandRule::Bounds::narrow(const Bounds& other) {
  terms.max_output = std::min(terms.max_output, other.terms.max_output);
  terms.timeout = std::min(terms.timeout, other.terms.timeout);
  if (root == nullptr || (other.root != nullptr && other.root->size() > root->size())) root = other.root;
  passed.insert(passed.end(), other.passed.begin(), other.passed.end());
}

Result<void> CommandRule::read_lists(const ScopeRule& rule) {
  if (const auto* texts = rule_field<Texts>(rule, "args")) {
    auto parsed = ArgumentPattern::parse(*texts);
    if (!parsed) return parsed.error();
    arguments_ = std::move(*parsed);
    for (const std::string& text : *texts) shown_ += " " + text;
  }
  if (const auto* texts = rule_field<Texts>(rule, "env")) {
    auto parsed = text::NamePatterns::parse(*texts);
    if (!parsed) return parsed.error();
    passed_ = std::move(*parsed);
  }
  if (const auto* texts = rule_field<Texts>(rule, "set_env")) {
    auto parsed = text::NamePatterns::parse(*texts);
    if (!parsed) return parsed.error();
    set_ = std::move(*parsed);
  }
  return {};
}

Result<CommandRule> CommandRule::parse(const ScopeRule& rule, const CommandPath& path,
                                       const fs::Folders& folders) {
  const auto* name = rule_field<std::string>(rule, "command");
  if (name == nullptr || name->empty() || (name->find('/') != std::string::npos && name->front() != '/')) {
    return Error(Errc::invalid_argument,
                 "a rule for programs needs a command: a name such as git, or an absolute path");
  }
  CommandRule parsed;
  parsed.name_ = *name;
  parsed.path_ = find_command(*name, path);
  parsed.real_ = real_command(parsed.path_);
  parsed.shown_ = *name;
  if (auto read = parsed.read_lists(rule); !read) return read.error();
  if (const auto* folder = rule_field<std::string>(rule, "cwd")) {
    auto pattern = fs::PathPattern::parse(*folder, folders);
    if (!pattern) return pattern.error();
    parsed.folder_ = std::move(*pattern);
  }
  if (const auto* size = rule_field<std::uint64_t>(rule, "max_output")) parsed.terms_.max_output = *size;
  if (const auto* time = rule_field<std::uint64_t>(rule, "timeout"))
    parsed.terms_.timeout = Duration(static_cast<Duration::rep>(*time));
  return parsed;
}

bool CommandRule::lets_set(const Texts& variables) const {
  return std::ranges::all_of(variables,
                             [&](const std::string& variable) { return set_ && set_->match(variable); });
}

bool CommandRule::matches(const Command& command) const {
  const bool named = command.name == name_ || (!path_.empty() && command.path == path_);
  const bool placed = folder_ ? folder_->matches(command.folder) : command.default_folder;
  const ArgumentPattern none;
  return named && placed && (arguments_ ? *arguments_ : none).matches(command.arguments) &&
         lets_set(command.variables);
}

bool CommandRule::denies(const Command& command) const {
  const bool named = command.name == name_ || (!path_.empty() && command.path == path_) ||
                     (!real_.empty() && command.real == real_);
  const auto denied = [&](const std::string& variable) { return set_->match(variable); };
  return named && (!arguments_ || arguments_->denies(command.arguments)) &&
         (!folder_ || folder_->covers(command.folder)) &&
         (!set_ || std::ranges::any_of(command.variables, denied));
}

CommandRule::Bounds CommandRule::bounds() const {
  return {terms_, folder_ ? &folder_->root() : nullptr, {{&passed_}}};
}

std::string CommandRule::text() const { return shown_; }

}  // namespace cloche::exec
