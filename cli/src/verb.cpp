#include "verb.h"

#include <algorithm>
#include <cloche/text.h>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

constexpr const char* kDescription =
    "cloche: run plugins in a sandbox that gives them what they were granted and nothing else.\n";

constexpr const char* kDetails = R"(Exit codes:
  0  done
  1  anything not named below
  2  the command line makes no sense
  3  a manifest, a policy or a source is invalid
  4  a capability was not granted
  5  the plugin threw
  6  a limit ended it: CPU, wall time, memory, size
  7  the plugin crashed, and was contained

An error is one line on stderr: cloche: error[CODE]: FILE:LINE:COLUMN: TEXT

Examples:
  cloche eval -e '6 * 7'
  cloche call sample-host/plugins/word-count count '"one two  three"'
  cloche explain sample-host/plugins/overreach --policy sample-host/policy.yaml

'cloche VERB --help' says more about a verb.)";

// A negative number is an argument, not an option. JSON allows the space, and the parser then leaves it
// alone.
std::string protect(std::string_view argument) {
  const bool negative = argument.size() > 1 && argument[0] == '-' && argument[1] >= '0' && argument[1] <= '9';
  return (negative ? " " : "") + std::string(argument);
}

// CLI11 takes the arguments last first.
std::vector<std::string> arguments_reversed(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) arguments.push_back(protect(argv[i]));
  return arguments;
}

// The verb's own --json is not known where the command line could not be read.
bool asks_for_json(const std::vector<std::string>& arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

// What to say where the first argument is no verb of `app`, or a group's verb and the second none of the group's; empty
// where they are.
std::string unknown_verb(const CLI::App& app, std::vector<std::string> reversed) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  if (verbs.empty() || reversed.empty() || reversed.back().starts_with('-')) return {};
  const std::string word = std::move(reversed.back());
  reversed.pop_back();
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs) {
    if (verb->get_name() == word) return unknown_verb(*verb, std::move(reversed));
    names.push_back(verb->get_name());
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view meant = nearest(word, known);
  return "there is no verb '" + word +
         "': " + (meant.empty() ? "try cloche --help" : "did you mean '" + std::string(meant) + "'?");
}

}  // namespace

Program::Program() : app_(kDescription, "cloche") {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", "cloche " CLOCHE_VERSION);
  app_.footer(kDetails);
  app_.get_formatter()->label("SUBCOMMAND", "VERB");
  app_.get_formatter()->column_width(34);
}

CLI::App& Program::add_verb(const std::string& name, const std::string& summary, const std::string& details,
                            Job job) {
  return add_verb_of(app_, name, summary, details, std::move(job));
}

CLI::App& Program::add_group(const std::string& name, const std::string& summary,
                             const std::string& details) {
  CLI::App& group = *app_.add_subcommand(name, summary);
  group.group("Verbs");
  group.footer(details);
  group.require_subcommand(1);
  group.get_formatter()->label("SUBCOMMAND", "VERB");
  return group;
}

CLI::App& Program::add_verb_of(CLI::App& group, const std::string& name, const std::string& summary,
                               const std::string& details, Job job) {
  CLI::App& verb = *group.add_subcommand(name, summary);
  verb.group("Verbs");
  verb.footer(details);
  verb.add_flag("--json", json_, "Print one JSON document on stdout, for errors too");
  verb.callback([this, job = std::move(job)] { chosen_ = job; });
  return verb;
}

ExitCode Program::run(int argc, char** argv) {
  auto arguments = arguments_reversed(argc, argv);
  if (const std::string unknown = unknown_verb(app_, arguments); !unknown.empty()) {
    return Report(asks_for_json(arguments)).misused(unknown);
  }
  const bool json = asks_for_json(arguments);
  try {
    app_.parse(std::move(arguments));
  } catch (const CLI::Success& wanted) {  // --help and --version
    app_.exit(wanted);
    return ExitCode::done;
  } catch (const CLI::ParseError& error) {
    return Report(json).misused(std::string(error.what()) + ": try cloche --help");
  }
  return chosen_(Report(json_));
}

}  // namespace cloche::cli
