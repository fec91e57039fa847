#pragma once

#include "verb.h"

namespace cloche::cli {

// The verbs of `cloche policy`, each in the file of its name.
void add_policy_show(Program& program, CLI::App& group);
void add_policy_check(Program& program, CLI::App& group);
void add_policy_diff(Program& program, CLI::App& group);

}  // namespace cloche::cli
