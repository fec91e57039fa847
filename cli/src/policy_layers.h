#pragma once

#include <cloche/policy.h>
#include <string>
#include <vector>

namespace cloche::cli {

/// One line of what a policy says.
struct PolicyLine {
  Layer layer = Layer::ceiling;
  SourceLocation where;
  std::string text;
};

/// All that `policy` says, in the order in which it counts: defaults, ceiling, organisation, grants, revocations.
std::vector<PolicyLine> lines_of(const Policy& policy);

}  // namespace cloche::cli
