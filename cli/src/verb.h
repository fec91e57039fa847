#pragma once

#include "report.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace cloche::cli {

/// What a verb does once its arguments are read.
using Job = std::function<ExitCode(const Report&)>;

/// The command line: its verbs, and the one that was chosen.
class Program {
 public:
  Program();

  /// Adds a verb. `details` is the rest of its help: what it prints, and examples.
  CLI::App& add_verb(const std::string& name, const std::string& summary, const std::string& details,
                     Job job);

  /// Adds a verb whose first argument is one of the verbs that are then added to what this returns.
  CLI::App& add_group(const std::string& name, const std::string& summary, const std::string& details);
  CLI::App& add_verb_of(CLI::App& group, const std::string& name, const std::string& summary,
                        const std::string& details, Job job);

  /// Reads the arguments and does what they say.
  ExitCode run(int argc, char** argv);

 private:
  CLI::App app_;
  Job chosen_;
  bool json_ = false;
};

// One function for each verb, each in the file of its name.
void add_call(Program& program);
void add_eval(Program& program);
void add_run(Program& program);
void add_check(Program& program);
void add_types(Program& program);
void add_explain(Program& program);
void add_grant(Program& program);
void add_revoke(Program& program);
void add_policy(Program& program);

}  // namespace cloche::cli
