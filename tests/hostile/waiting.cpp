// Many host functions that wait at once, on one worker.
#include "unit/capabilities/http_server.h"
#include "unit/sandbox/support.h"

#include <atomic>
#include <cloche/builtin/net.h>
#include <filesystem>
#include <iterator>
#include <sys/resource.h>

using namespace cloche;
using namespace cloche::testing;

namespace {

long entries_of(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

// Both ends of each connection are in this process.
void allow_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::min(std::max(limit.rlim_cur, count), limit.rlim_max);
  REQUIRE(limit.rlim_cur >= count);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

}  // namespace

TEST_CASE("a thousand slow fetches wait on one worker: no thread for any of them, and others go on") {
  constexpr int kFetches = 1000;
  allow_descriptors(4096);
  std::atomic<bool> late{false};
  HttpServer server([&](const HttpServer::Request&) {
    using Then = HttpServer::Reply::Then;
    return HttpServer::Reply{HttpServer::reply(200, "late").bytes, late ? Then::keep : Then::hold};
  });
  NetOptions net;
  net.requests_per_plugin = kFetches;
  net.timeout = net.stall_timeout = std::chrono::minutes(5);
  Registry registry;
  define_net(registry, std::move(net));
  Sandbox box(1, std::move(registry));
  Plugin healthy = box.load("export const ping = (x) => x + 1;");
  Plugin plugin = box.load(
      module("import { fetch } from 'cap:net'; export const f = async (url, n) => (await Promise.all("
             "Array.from({length: n}, () => fetch(url)))).filter((r) => r.status === 200).length;",
             {},
             "capabilities: {required: [{id: net.fetch, reason: to be tested, allow: [{url: '" +
                 server.url("/**") + "'}]}]}\nlimits: {wall_per_call: 5m, cpu_per_call: 60s}\n"));
  CHECK(ask<int>(healthy, "ping", 1) == 2);
  const long threads = entries_of("/proc/self/task");
  const long descriptors = entries_of("/proc/self/fd");
  auto all = plugin.call<int>("f", server.url("/slow"), kFetches);
  server.wait_for_open(kFetches);
  CHECK(ask<int>(healthy, "ping", 2) == 3);
  CHECK(entries_of("/proc/self/task") == threads);
  CHECK(entries_of("/proc/self/fd") - descriptors <= 2 * kFetches + 16);
  late = true;
  server.release();
  CHECK(all.get().value() == kFetches);
}
