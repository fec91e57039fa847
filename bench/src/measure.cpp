#include "measure.h"

#include <algorithm>
#include <chrono>

namespace cloche::bench {
namespace {

constexpr int kWarmUps = 3;

double in_unit(double seconds, const std::string& unit) {
  if (unit == "ns") return seconds * 1e9;
  if (unit == "us") return seconds * 1e6;
  return seconds * 1e3;
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Figure compare(std::string name, std::string unit, int rounds, const Batch& subject, const Batch& floor) {
  std::vector<double> ours;
  std::vector<double> bare;
  for (int round = -kWarmUps; round < rounds; ++round) {
    const double a = subject();
    const double b = floor();
    if (round < 0) continue;
    ours.push_back(a);
    bare.push_back(b);
  }
  return {std::move(name), in_unit(median(std::move(ours)), unit), unit,
          in_unit(median(std::move(bare)), unit)};
}

}  // namespace cloche::bench
