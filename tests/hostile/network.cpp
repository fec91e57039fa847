// What plugins do with a network, and what networks do with plugins: rebinding, disguises, redirects, bodies
// without end. The plugin gets an error, its neighbour answers all the while, and nothing is sent where
// nothing may be.
#include <cloche/builtin/net.h>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "unit/capabilities/http_server.h"
#include "unit/capabilities/scripted_resolver.h"
#include "unit/sandbox/support.h"

using namespace cloche;
using namespace cloche::testing;

namespace {

using Reply = HttpServer::Reply;
using Answers = std::map<std::string, ScriptedResolver::Answers, std::less<>>;

// `f` gives the body of a response, or the code of the error.
constexpr auto kFetch = R"(
  import { fetch } from "cap:net";
  export const f = async (url, options) => {
    try { return String.fromCharCode(...(await fetch(url, options)).body) } catch (e) { return e.code }
  };
)";

Package fetching(const std::string& rules, const std::string& source = kFetch) {
  return module(source, {},
                "capabilities:\n  required:\n    - {id: net.fetch, reason: to be tested, allow: [" + rules +
                    "]}\nlimits: {wall_per_call: 1m}\n");
}

Registry network(Answers answers = {}) {
  Registry registry;
  NetOptions options;
  options.resolver = std::make_shared<ScriptedResolver>(std::move(answers));
  define_net(registry, std::move(options));
  return registry;
}

std::string fetch(Plugin& plugin, const std::string& url, Object options = {}) {
  return ask<std::string>(plugin, "f", url, Value(std::move(options)));
}

Reply greet(const HttpServer::Request&) { return HttpServer::reply(200, "hello"); }

}  // namespace

TEST_CASE("no spelling of an address gets past a rule for names") {
  HttpServer server(&greet);
  Sandbox box(each_mode(), network({{"app", {{"127.0.0.1"}}}, {"app.evil.com", {{"127.0.0.1"}}}}));
  Plugin any = box.load(fetching("{url: 'http://*:*/**'}"));
  Plugin app = box.load(fetching("{url: 'http://app:*/**', addresses: [loopback]}"));
  const std::string port = ":" + std::to_string(server.port()) + "/";
  for (const char* host : {"127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.1", "[::ffff:127.0.0.1]",
                           "[::1]", "127.0.0.1.", "%31%32%37.0.0.1", "127。0。0。1", "0.0.0.0", "app"}) {
    CHECK_MESSAGE(fetch(any, "http://" + (host + port)) == "not_capable", host);
  }
  CHECK(fetch(app, "http://app" + port) == "hello");
  CHECK(fetch(app, "http://APP." + port) == "hello");
  for (const char* host : {"127.0.0.1", "app.evil.com", "xn--80ak6aa92e", "аpp"})
    CHECK_MESSAGE(fetch(app, "http://" + (host + port)) == "not_capable", host);
  for (const char* host :
       {"app@127.0.0.1", "127.0.0.1@app", "app\\@127.0.0.1", "app%00.evil.com", "app..", "app%2f"})
    CHECK_MESSAGE(fetch(app, "http://" + (host + port)) == "invalid_argument", host);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a name that is bound anew between two answers of the resolver leads nowhere else") {
  HttpServer server(&greet);
  const std::string url = server.url("/", "turning.example");
  Sandbox box(each_mode(),
              network({{"turning.example", {{"127.0.0.1"}, {"127.0.0.2"}, {"10.0.0.1"}, {"::1"}}},
                       {"metadata.example", {{"169.254.169.254"}}}}));
  Plugin plugin =
      box.load(fetching("{url: 'http://turning.example:*/**', addresses: [127.0.0.1]},"
                        "{url: 'http://metadata.example/**'}"));
  CHECK(fetch(plugin, url) == "hello");
  for (int i = 0; i < 3; ++i) CHECK(fetch(plugin, url) == "not_capable");
  CHECK(fetch(plugin, "http://metadata.example/latest") == "not_capable");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a redirect leads to no host, method, address or protocol that is denied") {
  HttpServer inside(&greet);
  HttpServer server([](const HttpServer::Request& request) {
    return HttpServer::reply(307, "", "Location: " + request.target.substr(1) + "\r\n");
  });
  Sandbox box(each_mode(), network({{"inside.example", {{"127.0.0.1"}}}}));
  Plugin plugin = box.load(fetching("{url: '" + server.url("/**") + "', redirects: any-rule}," +
                                    "{url: 'http://inside.example:*/**'}, {url: '" + inside.url("/**") +
                                    "', methods: [GET]}"));
  CHECK(fetch(plugin, server.url("/" + inside.url("/"))) == "hello");
  CHECK(fetch(plugin, server.url("/" + inside.url("/")), {{"method", "POST"}}) == "not_capable");
  CHECK(fetch(plugin, server.url("/" + inside.url("/", "inside.example"))) == "not_capable");
  CHECK(fetch(plugin, server.url("/http://127.0.0.1:1/")) == "not_capable");
  for (const char* url : {"file:///etc/passwd", "data:,x", "unix:///run/x", "http://[::1"})
    CHECK_MESSAGE(fetch(plugin, server.url(std::string("/") + url)) == "io", url);
  CHECK(inside.requests().size() == 1);
}

TEST_CASE("other protocols, smuggled headers and the environment get a plugin nowhere") {
  HttpServer server(&greet);
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  Sandbox box(each_mode(), network());
  Plugin plugin = box.load(fetching("{url: '" + server.url("/**") + "'}"));
  for (const char* url :
       {"file:///etc/passwd", "data:,x", "unix:///run/x", "ftp://127.0.0.1/", "http:/127.0.0.1/"})
    CHECK_MESSAGE(fetch(plugin, url) == "invalid_argument", url);
  const Object smuggled{{"X-A", "b\r\nHost: other\r\n\r\nGET /admin HTTP/1.1"}};
  CHECK(fetch(plugin, server.url("/"), {{"headers", smuggled}}) == "invalid_argument");
  CHECK(fetch(plugin, server.url("/"), {{"method", "GET / HTTP/1.1\r\n\r\nPOST"}}) == "invalid_argument");
  CHECK(fetch(plugin, server.url("/")) == "hello");
  CHECK(server.requests().size() == 1);
  ::unsetenv("http_proxy");
}

TEST_CASE("a body without end, or without beginning, ends; and the neighbour answers meanwhile") {
  HttpServer server([](const HttpServer::Request& request) {
    if (request.target == "/silent") return Reply{"", Reply::Then::hold};
    return Reply{"HTTP/1.1 200 OK\r\n\r\n", Reply::Then::repeat, std::string(100'000, 'x')};
  });
  Sandbox box(each_mode(), network());
  const Package package = fetching("{url: '" + server.url("/**") + "', max_bytes: 1MiB}");
  Plugin plugin = box.load(package);
  Plugin healthy = box.load("export const f = (x) => x + 1;");
  auto silent = plugin.call<std::string>("f", server.url("/silent"), Value(Object{{"timeout_ms", 200}}));
  CHECK(ask<int>(healthy, "f", 1) == 2);
  CHECK(fetch(plugin, server.url("/endless")) == "size_limit");
  CHECK(silent.get().value() == "io");
}

TEST_CASE("a plugin that is unloaded leaves no request behind") {
  HttpServer server([](const HttpServer::Request&) { return Reply{"", Reply::Then::hold}; });
  const Mode mode = each_mode();
  Sandbox box(mode, network());
  Plugin plugin = box.load(fetching("{url: '" + server.url("/**") + "'}"));
  auto waiting = plugin.call<std::string>("f", server.url("/"), Value(Object{}));
  if (mode.workers == 0) {
    while (server.requests().empty()) box.host().poll(std::chrono::milliseconds(1));
  } else {
    server.wait_for_open(1);
  }
  CHECK(plugin.unload().get());
  CHECK_FALSE(waiting.get().has_value());
  server.wait_for_open(0);
}

TEST_CASE("a thousand slow requests of one plugin take no thread each, and few connections") {
  constexpr int kRequests = 1000;
  constexpr int kAtOnce = 20;
  int held = 0;
  HttpServer* self = nullptr;
  // Answers only when as many wait as may.
  HttpServer server([&](const HttpServer::Request&) {
    if (++held % kAtOnce == 0) self->release();
    auto reply = HttpServer::reply(200, "slow");
    reply.then = Reply::Then::hold;
    return reply;
  });
  self = &server;
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator());
  };
  Registry registry;
  NetOptions options;
  options.requests_per_plugin = kAtOnce;
  define_net(registry, options);
  std::ptrdiff_t most = 0;
  registry.define("t").sync("look", [&] { most = std::max(most, threads()); });
  Sandbox box(1, std::move(registry));
  Package package = fetching("{url: '" + server.url("/**") + "'}", R"(
    import { fetch } from "cap:net";
    import { look } from "cap:t";
    export const f = async (url, count) => {
      const one = async () => { const { status } = await fetch(url); look(); return status };
      return (await Promise.all(Array.from({ length: count }, one))).filter((status) => status === 200).length;
    };
  )");
  package.manifest.replace(package.manifest.find("    - "), 0, "    - {id: t, reason: to be tested}\n");
  Plugin plugin = box.load(package);
  const auto before = threads();
  CHECK(ask<int>(plugin, "f", server.url("/"), kRequests) == kRequests);
  CHECK(server.most_open() <= kAtOnce);
  CHECK(most <= before);
}
