// What it costs to cross the boundary, in either direction, from the thread that runs the plugin.

#include "floor.h"
#include "measure.h"
#include "subject.h"

namespace cloche::bench {
namespace {

constexpr std::size_t kCalls = 100'000;

Figure call_number() {
  Host host = make_host();
  Plugin plugin = load(host);
  BareV8 bare;
  const Batch subject = [&] {
    return seconds([&] {
             for (std::size_t i = 0; i < kCalls; ++i) {
               static_cast<void>(plugin.call<double>("handle", static_cast<double>(i)).get().value());
             }
           }) /
           kCalls;
  };
  const Batch floor = [&] { return seconds([&] { bare.call_handle(kCalls); }) / kCalls; };
  return compare("call_number", "ns", 41, subject, floor);
}

Figure host_number() {
  Host host = make_host();
  Plugin plugin = load(host);
  BareV8 bare;
  constexpr std::size_t kHostCalls = 10 * kCalls;
  const Batch subject = [&] {
    return seconds([&] {
             static_cast<void>(plugin.call<double>("addMany", static_cast<double>(kHostCalls)).get().value());
           }) /
           kHostCalls;
  };
  const Batch floor = [&] { return seconds([&] { bare.call_add_many(kHostCalls); }) / kHostCalls; };
  return compare("host_number", "ns", 41, subject, floor);
}

}  // namespace

std::vector<Case> crossing_cases() { return {{"call_number", call_number}, {"host_number", host_number}}; }

}  // namespace cloche::bench
