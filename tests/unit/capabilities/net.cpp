#include <doctest/doctest.h>

#include <cstdlib>

#include "net_support.h"

namespace cloche {
namespace {

using testing::body_of;
using testing::Caller;
using testing::code_of;
using testing::Fields;
using testing::HttpServer;
using testing::layer;
using testing::net_grant;
using testing::net_plugin;
using testing::ScriptedResolver;
using Reply = HttpServer::Reply;
using Texts = std::vector<std::string>;

Reply greet(const HttpServer::Request&) { return HttpServer::reply(200, "hello"); }

// A plugin that may fetch anything of a server on loopback, by address.
Caller friend_of(const HttpServer& server, NetOptions options = {}, Limits limits = {}) {
  return net_plugin({net_grant({Fields{{"url", server.url("/**")}}})}, std::move(options), limits);
}

NetOptions resolving(std::map<std::string, ScriptedResolver::Answers, std::less<>> answers) {
  NetOptions options;
  options.resolver = std::make_shared<ScriptedResolver>(std::move(answers));
  return options;
}

TEST_CASE("fetch gives the status, the headers and the body") {
  HttpServer server([](const HttpServer::Request&) {
    return HttpServer::reply(404, "gone", "X-One: a\r\nx-one: b\r\nX-Name: caf\xe9\r\n");
  });
  Caller call = friend_of(server);
  const Value response = call("net", "fetch", {server.url("/x?q=1#f")}).value();
  CHECK(*response.find("status") == Value(404));
  CHECK(*response.find("url") == Value(server.url("/x?q=1")));
  CHECK(*response.find("redirected") == Value(false));
  CHECK(*response.find("headers")->find("x-one") == Value("a, b"));
  CHECK(*response.find("headers")->find("x-name") == Value("café"));
  CHECK(body_of(response) == "gone");
  CHECK(server.requests().at(0).target == "/x?q=1");
}

TEST_CASE("fetch sends the method, the headers and the body, and nothing of its own but what HTTP needs") {
  HttpServer server(&greet);
  Caller call = friend_of(server);
  const Object headers{{"X-Test", "1"}, {"x-empty", ""}};
  REQUIRE(call("net", "fetch",
               {server.url("/"), Object{{"method", "PUT"}, {"headers", headers}, {"body", "content"}}}));
  const auto request = server.requests().at(0);
  CHECK(request.method == "PUT");
  CHECK(request.body == "content");
  CHECK(request.headers.at("x-test") == "1");
  CHECK(request.headers.at("x-empty").empty());
  CHECK(request.headers.at("host") == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(request.headers.at("user-agent") == "cloche");
  for (const char* name : {"content-type", "expect", "cookie", "authorization"})
    CHECK_MESSAGE(!request.headers.contains(name), name);
}

TEST_CASE("a request with another method or without content has none") {
  HttpServer server(&greet);
  Caller call = friend_of(server);
  CHECK(body_of(call("net", "fetch", {server.url("/"), Object{{"method", "HEAD"}}})).empty());
  CHECK(body_of(call("net", "fetch", {server.url("/"), Object{{"method", "POST"}}})) == "hello");
  CHECK(server.requests().at(1).headers.at("content-length") == "0");
  CHECK(code_of(call("net", "fetch", {server.url("/"), Object{{"body", "x"}}})) == Errc::invalid_argument);
  for (const char* method : {"TRACE", "CONNECT", "get", "GET /x HTTP/1.1\r\nHost: y\r\n\r\n"})
    CHECK(code_of(call("net", "fetch", {server.url("/"), Object{{"method", method}}})) ==
          Errc::invalid_argument);
}

TEST_CASE("what the scope does not allow is not sent") {
  HttpServer server(&greet);
  Caller call = net_plugin({net_grant({Fields{{"url", server.url("/open/*")}, {"methods", Texts{"GET"}}}},
                                      {layer({Fields{{"url", server.url("/open/secret")}}})})});
  CHECK(call("net", "fetch", {server.url("/open/x")}));
  for (const std::string& url :
       {server.url("/closed"), server.url("/open/../closed"), server.url("/open/x/y"),
        server.url("/open/secret"), std::string("http://127.0.0.1/open/x"),
        server.url("/open/x", "[::ffff:127.0.0.2]"), server.url("/open/x", "localhost")}) {
    CHECK_MESSAGE(code_of(call("net", "fetch", {url})) == Errc::not_capable, url);
  }
  CHECK(code_of(call("net", "fetch", {server.url("/open/x"), Object{{"method", "POST"}}})) ==
        Errc::not_capable);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("every layer must allow, and a layer that says everything allows public addresses only") {
  HttpServer server(&greet);
  const Fields all{{"url", server.url("/**")}};
  ScopeSet everything;
  everything.everything = true;
  Caller narrowed =
      net_plugin({{"net.fetch", {layer({all}), layer({Fields{{"url", server.url("/a")}}})}, {}}});
  CHECK(narrowed("net", "fetch", {server.url("/a")}));
  CHECK(code_of(narrowed("net", "fetch", {server.url("/b")})) == Errc::not_capable);
  Caller beside = net_plugin({{"net.fetch", {everything, layer({all})}, {}}});
  CHECK(beside("net", "fetch", {server.url("/")}));
  Caller whole = net_plugin({testing::whole("net.fetch")});
  CHECK(code_of(whole("net", "fetch", {server.url("/")})) == Errc::not_capable);
  Caller nothing = net_plugin({net_grant({})});
  CHECK(code_of(nothing("net", "fetch", {server.url("/")})) == Errc::not_capable);
}

TEST_CASE("a name that leads to this machine is refused, unless a rule says that it may") {
  HttpServer server(&greet);
  const std::string url = server.url("/", "inside.example");
  const std::string pattern = server.url("/**", "inside.example");
  for (const char* address : {"127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1",
                              "169.254.169.254", "64:ff9b::127.0.0.1", "fe80::1"}) {
    Caller call =
        net_plugin({net_grant({Fields{{"url", pattern}}})}, resolving({{"inside.example", {{address}}}}));
    const auto refused = call("net", "fetch", {url});
    CHECK_MESSAGE(code_of(refused) == Errc::not_capable, address);
    CHECK(refused.error().message().find(address) == std::string::npos);
  }
  const Fields named{{"url", pattern}, {"addresses", Texts{"loopback"}}};
  Caller call = net_plugin({net_grant({named})}, resolving({{"inside.example", {{"127.0.0.1"}}}}));
  CHECK(body_of(call("net", "fetch", {url})) == "hello");
  Caller denied = net_plugin({net_grant({named}, {layer({Fields{{"addresses", Texts{"loopback"}}}})})},
                             resolving({{"inside.example", {{"127.0.0.1"}}}}));
  CHECK(code_of(denied("net", "fetch", {url})) == Errc::not_capable);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("the address that is connected to is the one that was checked, whatever the resolver says next") {
  HttpServer server(&greet);
  const Fields rule{{"url", server.url("/**", "turning.example")}, {"addresses", Texts{"127.0.0.1"}}};
  Caller call = net_plugin({net_grant({rule})},
                           resolving({{"turning.example", {{"127.0.0.1"}, {"127.0.0.2"}, {"127.0.0.1"}}}}));
  const std::string url = server.url("/", "turning.example");
  CHECK(body_of(call("net", "fetch", {url})) == "hello");
  CHECK(code_of(call("net", "fetch", {url})) == Errc::not_capable);  // though a connection is open
  CHECK(body_of(call("net", "fetch", {url})) == "hello");
  CHECK(server.requests().at(0).headers.at("host") == "turning.example:" + std::to_string(server.port()));
}

TEST_CASE("of several addresses those outside are passed over, and those where nobody is") {
  HttpServer server(&greet);
  const Fields rule{{"url", server.url("/**", "many.example")}, {"addresses", Texts{"127.0.0.0/8"}}};
  Caller call =
      net_plugin({net_grant({rule})},
                 resolving({{"many.example", {{"10.0.0.1", "nonsense", "127.0.0.3", "127.0.0.1"}}}}));
  CHECK(body_of(call("net", "fetch", {server.url("/", "many.example")})) == "hello");
  Caller lost = net_plugin({net_grant({rule})}, resolving({{"many.example", {{}}}}));
  CHECK(code_of(lost("net", "fetch", {server.url("/", "many.example")})) == Errc::io);
}

TEST_CASE("headers cannot smuggle a request or speak for the host") {
  HttpServer server(&greet);
  Caller call = friend_of(server);
  const std::vector<std::pair<std::string, std::string>> smuggled{{"X-A", "b\r\nX-B: c"},
                                                                  {"X-A", "b\nX-B: c"},
                                                                  {"X-A", std::string("b\0c", 3)},
                                                                  {"X-A\r\nX-B", "c"},
                                                                  {"X A", "b"},
                                                                  {"X-A:", "b"},
                                                                  {"", "b"},
                                                                  {"Host", "other"},
                                                                  {"content-LENGTH", "0"},
                                                                  {"Transfer-Encoding", "chunked"},
                                                                  {"Connection", "close"},
                                                                  {"Expect", "100-continue"},
                                                                  {"Proxy-Authorization", "x"}};
  for (const auto& [name, value] : smuggled) {
    const auto result = call("net", "fetch", {server.url("/"), Object{{"headers", Object{{name, value}}}}});
    CHECK_MESSAGE(code_of(result) == Errc::invalid_argument, name);
  }
  const Object twice{{"X-A", "1"}, {"x-a", "2"}};
  CHECK(code_of(call("net", "fetch", {server.url("/"), Object{{"headers", twice}}})) ==
        Errc::invalid_argument);
  CHECK(server.requests().empty());
}

TEST_CASE("a proxy of the environment is not used") {
  HttpServer server(&greet);
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    ::setenv(name, "http://127.0.0.1:1", 1);
  Caller call = friend_of(server);
  CHECK(body_of(call("net", "fetch", {server.url("/")})) == "hello");
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
}

TEST_CASE("cookies of a response are not sent back") {
  HttpServer server(
      [](const HttpServer::Request&) { return HttpServer::reply(200, "x", "Set-Cookie: a=b\r\n"); });
  Caller call = friend_of(server);
  REQUIRE(call("net", "fetch", {server.url("/")}));
  REQUIRE(call("net", "fetch", {server.url("/")}));
  CHECK_FALSE(server.requests().at(1).headers.contains("cookie"));
}

TEST_CASE("a connection serves its plugin again, and no other") {
  HttpServer server(&greet);
  auto registry = std::make_shared<Registry>();
  define_net(*registry, {});
  const Grants grants = testing::grants_of({net_grant({Fields{{"url", server.url("/**")}}})});
  Caller call = Caller::make(registry, grants).value();
  REQUIRE(call("net", "fetch", {server.url("/")}));
  REQUIRE(call("net", "fetch", {server.url("/")}));
  CHECK(server.accepted() == 1);
  auto& clients = call.services();
  Bindings other = cloche::bind(registry, grants, PluginInfo{"com.acme.other", "Other", "1.0.0"}).value();
  const BoundFunction* fetch = other.find("net")->find("fetch");
  Call second = fetch->call(clients);
  PlainReader reader;
  PlainWriter writer;
  const Value url(server.url("/"));
  const std::vector<ValueRef> arguments{PlainReader::ref(url)};
  Invocation invocation{reader, writer, arguments};
  std::unique_ptr<PendingCall> pending;
  REQUIRE(
      std::get<std::unique_ptr<AsyncFunction>>(fetch->function->body)->prepare(invocation, pending).good());
  pending->run(second);
  CHECK(pending->answer(writer).good());
  CHECK(server.accepted() == 2);
}

TEST_CASE("rules that cannot be understood keep the plugin from loading") {
  auto registry = std::make_shared<Registry>();
  define_net(*registry, {});
  for (const Fields& fields : {Fields{{"url", "https://a.example"}}, Fields{{"max_bytes", std::uint64_t{1}}},
                               Fields{{"url", "https://a.example/"}, {"addresses", Texts{"home"}}},
                               Fields{{"url", "https://a.example/"}, {"methods", Texts{}}}}) {
    CHECK_FALSE(Caller::make(registry, testing::grants_of({net_grant({fields})})).has_value());
  }
}

}  // namespace
}  // namespace cloche
