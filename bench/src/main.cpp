// cloche-bench: the costs of Cloche, each beside bare V8's for the same work in the same run.

#include "measure.h"
#include "resident.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using cloche::bench::Case;
using cloche::bench::Figure;

std::vector<Case> cases_named_like(const std::string& filter) {
  std::vector<Case> chosen;
  for (const auto& group :
       {cloche::bench::audit_cases(), cloche::bench::cold_cases(), cloche::bench::crossing_cases(),
        cloche::bench::fairness_cases(), cloche::bench::many_cases(), cloche::bench::permission_cases()}) {
    for (const Case& entry : group) {
      if (entry.name.find(filter) != std::string::npos) chosen.push_back(entry);
    }
  }
  return chosen;
}

nlohmann::json to_json(const Figure& figure) {
  nlohmann::json row{{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
  if (figure.floor) row["floor"] = *figure.floor;
  return row;
}

void print(const Figure& figure) {
  std::printf("%-20s %12.2f %-3s", figure.name.c_str(), figure.value, figure.unit.c_str());
  if (figure.floor)
    std::printf("  bare V8 %10.2f %-3s  ratio %.2f", *figure.floor, figure.unit.c_str(),
                figure.value / *figure.floor);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Measures Cloche, beside bare V8 where there is something to compare, in one run. Figures are medians "
      "unless their name says otherwise; compare ratios, not times."};
  bool json = false;
  std::string filter;
  app.add_flag("--json", json, "Print one JSON array of {name, value, unit, floor}");
  app.add_option("--filter", filter, "Run only cases whose name contains this text");
  std::string resident;  // what a process of its own is made for: see resident.h
  app.add_option("--measure-resident", resident)->group("");
  CLI11_PARSE(app, argc, argv);
  if (!resident.empty()) return std::printf("%f\n", cloche::bench::measure_resident(resident)) > 0 ? 0 : 1;
  const auto cases = cases_named_like(filter);
  if (cases.empty()) {
    std::fprintf(stderr, "cloche-bench: no case is named like '%s'\n", filter.c_str());
    return 2;
  }
  nlohmann::json rows = nlohmann::json::array();
  for (const Case& entry : cases) {
    const Figure figure = entry.run();
    if (json) {
      rows.push_back(to_json(figure));
    } else {
      print(figure);
    }
  }
  if (json) std::cout << rows.dump(2) << '\n';
  return 0;
}
