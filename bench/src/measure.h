#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cloche::bench {

/// One figure of the table.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> floor;  ///< bare V8's figure for the same thing, in the same unit
};

/// A batch of work; gives what one unit of it took, in seconds.
using Batch = std::function<double()>;

/// Runs `subject` and `floor` in turn, so that both meet the same moods of the machine, and gives the median
/// of each.
Figure compare(std::string name, std::string unit, int rounds, const Batch& subject, const Batch& floor);

double median(std::vector<double> values);

/// The time `work()` takes, in seconds.
double seconds(const std::function<void()>& work);

/// A named part of the table, run when its name is asked for.
struct Case {
  std::string name;
  std::function<Figure()> run;
};

// One function for each kind of cost.
std::vector<Case> audit_cases();
std::vector<Case> cold_cases();
std::vector<Case> crossing_cases();
std::vector<Case> fairness_cases();
std::vector<Case> many_cases();
std::vector<Case> permission_cases();

}  // namespace cloche::bench
