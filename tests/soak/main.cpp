// cloche-soak: loads, unloads, reloads, crashes, kills and calls from four threads for as long as is asked for. At the end
// every count is to add up, and memory is to be where it was when the storm had settled in.

#include "hostile/memory.h"
#include "storm.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

namespace {

using namespace cloche;
using namespace cloche::soak;
using Clock = std::chrono::steady_clock;

constexpr unsigned kThreads = 4;
constexpr long kMostGrowthKib = 64 * 1024;

void blow_until(Storm& storm, Clock::time_point end, unsigned seed) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&storm, end, seed, i] {
      std::mt19937 chance(seed + i);
      while (Clock::now() < end) storm.blow(chance);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Result<Host> make_host(const std::shared_ptr<Ledger>& ledger) {
  return Host::create(
      {.registry = storm_registry(), .policy = Policy::grant_all(), .workers = 2, .observer = ledger});
}

int run(int seconds, unsigned seed) {
  const auto ledger = std::make_shared<Ledger>();
  auto host = make_host(ledger);
  if (!host) {
    std::fprintf(stderr, "cloche-soak: %s\n", to_string(host.error()).c_str());
    return 1;
  }
  Storm storm(*host, *ledger);
  long before = 0;
  const int parts = std::min(seconds, 20);
  for (int part = 1; part <= parts; ++part) {
    blow_until(storm, Clock::now() + std::chrono::milliseconds(1000LL * seconds / parts), seed + 100 * part);
    storm.settle();
    const long now = testing::resident_kib();
    if (part <= std::max(1, parts / 5)) before = now;
    std::printf("%4d s  %6ld KiB  %s\n", part * seconds / parts, now, ledger->summary().c_str());
    std::fflush(stdout);
  }
  const long growth = testing::resident_kib() - before;
  if (testing::kMemoryTells && growth > kMostGrowthKib) {
    ledger->fault("resident memory grew by " + std::to_string(growth) + " KiB");
  }
  const auto faults = ledger->faults();
  for (const std::string& fault : faults) std::fprintf(stderr, "cloche-soak: %s\n", fault.c_str());
  if (faults.empty()) std::printf("every count adds up; resident memory grew by %ld KiB\n", growth);
  return faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Loads, unloads, reloads, crashes, kills and calls plugins from four threads, and counts."};
  int seconds = 600;
  unsigned seed = 1;
  app.add_option("--seconds", seconds, "For how long")->capture_default_str()->check(CLI::Range(1, 86'400));
  app.add_option("--seed", seed, "Of the choices each thread makes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return run(seconds, seed);
}
