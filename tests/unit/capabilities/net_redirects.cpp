#include <doctest/doctest.h>

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
using Texts = std::vector<std::string>;

// A server that redirects `/to?STATUS=URL` there, and otherwise tells the method it was asked with.
HttpServer::Reply redirecting(const HttpServer::Request& request) {
  if (!request.target.starts_with("/to?")) return HttpServer::reply(200, request.method);
  const int status = std::stoi(request.target.substr(4, 3));
  return HttpServer::reply(status, "", "Location: " + request.target.substr(8) + "\r\n");
}

struct World {
  HttpServer server{&redirecting};
  HttpServer other{&redirecting};

  Caller plugin(std::string redirects, std::vector<ScopeSet> deny = {}) const {
    const Fields first{{"url", server.url("/to")}, {"redirects", redirects}};
    const Fields second{{"url", server.url("/here/**")}, {"redirects", redirects}};
    const Fields third{{"url", other.url("/**")}, {"methods", Texts{"GET"}}};
    const Fields named{{"url", server.url("/**", "inside.example")}};
    NetOptions options;
    options.resolver = std::make_shared<ScriptedResolver>(
        std::map<std::string, ScriptedResolver::Answers, std::less<>>{{"inside.example", {{"127.0.0.1"}}}});
    return net_plugin({net_grant({first, second, third, named}, std::move(deny))}, std::move(options));
  }
  std::string to(const std::string& url, int status = 302) const {
    return server.url("/to?" + std::to_string(status) + "=" + url);
  }
};

Errc to(const World& world, Caller& call, const std::string& url) {
  return code_of(call("net", "fetch", {world.to(url)}));
}

TEST_CASE("a redirect stays inside the rule that the request began with") {
  const World world;
  Caller call = world.plugin("same-rule");
  CHECK(to(world, call, "/here/x") == Errc::not_capable);
  CHECK(to(world, call, world.other.url("/x")) == Errc::not_capable);
  CHECK(world.other.requests().empty());
}

TEST_CASE("a redirect within its rule is followed, and told") {
  HttpServer server(&redirecting);
  Caller call = net_plugin({net_grant({Fields{{"url", server.url("/**")}}})});
  const Value response = call("net", "fetch", {server.url("/to?302=/x?y")}).value();
  CHECK(body_of(response) == "GET");
  CHECK(*response.find("redirected") == Value(true));
  CHECK(*response.find("url") == Value(server.url("/x?y")));
}

TEST_CASE("a redirect may lead to what any rule allows where its rule says so, and nowhere else") {
  const World world;
  Caller call = world.plugin("any-rule");
  CHECK(body_of(call("net", "fetch", {world.to("/here/x")})) == "GET");
  CHECK(body_of(call("net", "fetch", {world.to(world.other.url("/x"))})) == "GET");
  CHECK(to(world, call, "/elsewhere") == Errc::not_capable);
  CHECK(to(world, call, "http://127.0.0.1:1/") == Errc::not_capable);
  Caller none = world.plugin("none");
  CHECK(to(world, none, "/to") == Errc::not_capable);
}

TEST_CASE("a redirect to a denied URL, address or method is not followed") {
  const World world;
  Caller denied = world.plugin("any-rule", {layer({Fields{{"url", world.other.url("/**")}}})});
  CHECK(to(world, denied, world.other.url("/x")) == Errc::not_capable);
  CHECK(world.other.requests().empty());
  Caller call = world.plugin("any-rule");
  CHECK(to(world, call, world.server.url("/x", "inside.example")) == Errc::not_capable);
  const auto posted =
      call("net", "fetch", {world.to(world.other.url("/x"), 307), Object{{"method", "POST"}}});
  CHECK(code_of(posted) == Errc::not_capable);
  CHECK(world.other.requests().empty());
}

TEST_CASE("a redirect leads to no other protocol") {
  const World world;
  Caller call = world.plugin("any-rule");
  for (const char* url : {"file:///etc/passwd", "data:text/plain,x", "unix:///run/x", "ftp://127.0.0.1/",
                          "gopher://127.0.0.1/", "http://user:pw@127.0.0.1/", "http://[::1"}) {
    CHECK_MESSAGE(to(world, call, url) == Errc::io, url);
  }
}

TEST_CASE("redirects end") {
  HttpServer server(
      [](const HttpServer::Request&) { return HttpServer::reply(302, "", "Location: /again\r\n"); });
  Caller call = net_plugin({net_grant({Fields{{"url", server.url("/**")}}})});
  CHECK(code_of(call("net", "fetch", {server.url("/")})) == Errc::io);
  CHECK(server.requests().size() == 11);
}

TEST_CASE("a plugin may look at a redirect, or take it for an error") {
  HttpServer server(&redirecting);
  Caller call = net_plugin({net_grant({Fields{{"url", server.url("/to")}, {"redirects", "none"}}})});
  const Value response =
      call("net", "fetch", {server.url("/to?302=/x"), Object{{"redirect", "manual"}}}).value();
  CHECK(*response.find("status") == Value(302));
  CHECK(*response.find("headers")->find("location") == Value("/x"));
  CHECK(code_of(call("net", "fetch", {server.url("/to?302=/x"), Object{{"redirect", "error"}}})) == Errc::io);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a redirected POST becomes a GET where browsers make it one") {
  HttpServer server(&redirecting);
  Caller call = net_plugin({net_grant({Fields{{"url", server.url("/**")}}})});
  const Object post{{"method", "POST"}, {"body", "x"}, {"headers", Object{{"Content-Type", "text/plain"}}}};
  for (const char* status : {"301", "302", "303"})
    CHECK(body_of(call("net", "fetch", {server.url("/to?" + std::string(status) + "=/x"), post})) == "GET");
  CHECK(server.requests().back().body.empty());
  CHECK_FALSE(server.requests().back().headers.contains("content-type"));
  for (const char* status : {"307", "308"})
    CHECK(body_of(call("net", "fetch", {server.url("/to?" + std::string(status) + "=/x"), post})) == "POST");
  CHECK(server.requests().back().body == "x");
}

TEST_CASE("credentials do not go to another origin") {
  const World world;
  Caller call = world.plugin("any-rule");
  const Object headers{{"authorization", "Basic x"}, {"Cookie", "a=b"}, {"X-Other", "y"}};
  REQUIRE(call("net", "fetch", {world.to("/here/x"), Object{{"headers", headers}}}));
  CHECK(world.server.requests().back().headers.at("authorization") == "Basic x");
  REQUIRE(call("net", "fetch", {world.to(world.other.url("/x")), Object{{"headers", headers}}}));
  const auto seen = world.other.requests().back().headers;
  CHECK_FALSE(seen.contains("authorization"));
  CHECK_FALSE(seen.contains("cookie"));
  CHECK(seen.at("x-other") == "y");
}

}  // namespace
}  // namespace cloche
