#include <doctest/doctest.h>

#include <cstdlib>

#include "net_support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::code_of;
using testing::Fields;
using testing::HttpServer;
using testing::layer;
using testing::net_grant;
using testing::net_plugin;

constexpr const char* kValue = "hunter2";

HttpServer::Reply answer(const HttpServer::Request& request) {
  if (request.target.starts_with("/to?"))
    return HttpServer::reply(302, "", "Location: " + request.target.substr(4) + "\r\n");
  return HttpServer::reply(200, "x");
}

Grant secret_grant(std::vector<Fields> rules, std::vector<ScopeSet> deny = {}) {
  return {"secrets", {layer(std::move(rules))}, std::move(deny)};
}

struct World {
  HttpServer server{&answer};
  HttpServer other{&answer};

  Caller plugin(std::vector<Fields> rules, std::vector<ScopeSet> deny = {}) const {
    NetOptions options;
    options.secrets = secrets_in_memory({{"token", kValue}, {"bad", "a\r\nb"}, {"other", "x"}});
    const Fields here{{"url", server.url("/**")}, {"redirects", "any-rule"}};
    const Fields there{{"url", other.url("/**")}};
    return net_plugin({net_grant({here, there}), secret_grant(std::move(rules), std::move(deny))}, options);
  }
  Fields token_for(const std::string& path) const { return {{"name", "token"}, {"url", server.url(path)}}; }
};

Result<Value> send(Caller& call, const std::string& url,
                   const std::string& value = "Bearer ${secret:token}") {
  return call("net", "fetch", {url, Object{{"headers", Object{{"X-Key", value}}}}});
}

std::string got(const HttpServer& server) {
  const auto headers = server.requests().back().headers;
  const auto found = headers.find("x-key");
  return found == headers.end() ? "nothing" : found->second;
}

TEST_CASE("a secret is filled in where its rule allows") {
  const World world;
  Caller call = world.plugin({world.token_for("/api/**")});
  REQUIRE(send(call, world.server.url("/api/x")));
  CHECK(got(world.server) == "Bearer hunter2");
  REQUIRE(send(call, world.server.url("/api/x"), "${secret:token}:${secret:token}"));
  CHECK(got(world.server) == "hunter2:hunter2");
}

TEST_CASE("a secret is sent nowhere else, and no error tells it") {
  const World world;
  Caller call = world.plugin({world.token_for("/api/**")}, {layer({world.token_for("/api/denied")})});
  for (const std::string& url :
       {world.server.url("/"), world.server.url("/api/denied"), world.other.url("/api/x")}) {
    const auto refused = send(call, url);
    CHECK(code_of(refused) == Errc::not_capable);
    CHECK(to_string(refused.error()).find(kValue) == std::string::npos);
  }
  CHECK(code_of(send(call, world.server.url("/api/x"), "${secret:other}")) == Errc::not_capable);
  CHECK(code_of(send(call, world.server.url("/api/x"), "${secret:token")) == Errc::invalid_argument);
  CHECK(world.server.requests().empty());
  CHECK(world.other.requests().empty());
}

TEST_CASE("a secret is left out after a redirect to where it may not go") {
  const World world;
  Caller call = world.plugin({world.token_for("/to"), world.token_for("/api/**")});
  REQUIRE(send(call, world.server.url("/to?/api/x")));
  CHECK(got(world.server) == "Bearer hunter2");
  REQUIRE(send(call, world.server.url("/to?/elsewhere")));
  CHECK(got(world.server) == "nothing");
  Caller both =
      world.plugin({world.token_for("/to"), Fields{{"name", "token"}, {"url", world.other.url("/**")}}});
  REQUIRE(send(both, world.server.url("/to?" + world.other.url("/x"))));
  CHECK(got(world.other) == "nothing");
}

TEST_CASE("a secret that would break a header is not sent") {
  const World world;
  Caller call = world.plugin({Fields{{"name", "bad"}, {"url", world.server.url("/**")}},
                              Fields{{"name", "missing"}, {"url", world.server.url("/**")}}});
  CHECK(code_of(send(call, world.server.url("/"), "${secret:bad}")) == Errc::invalid_argument);
  CHECK(code_of(send(call, world.server.url("/"), "${secret:missing}")) == Errc::invalid_argument);
  CHECK(world.server.requests().empty());
}

TEST_CASE("a plugin is told the names of the secrets it may use") {
  const World world;
  Caller call =
      world.plugin({world.token_for("/**"), Fields{{"name", "missing"}, {"url", "https://a.example/**"}}});
  CHECK(call("secrets", "list").value() == Value(Array{"token"}));
  Caller denied = world.plugin({world.token_for("/**")}, {layer({Fields{{"name", "token"}}})});
  CHECK(denied("secrets", "list").value() == Value(Array{}));
  CHECK(code_of(send(denied, world.server.url("/"))) == Errc::not_capable);
}

TEST_CASE("a secret cannot be used without its capability, or after it was revoked") {
  const World world;
  Caller call = world.plugin({world.token_for("/**")});
  call.bindings().take("secrets", Permission::denied);
  CHECK(code_of(send(call, world.server.url("/"))) == Errc::not_capable);
  Caller without = net_plugin({net_grant({Fields{{"url", world.server.url("/**")}}})});
  CHECK(code_of(send(without, world.server.url("/"))) == Errc::not_capable);
  CHECK(world.server.requests().empty());
}

TEST_CASE("secrets may be variables of the environment") {
  ::setenv("CLOCHE_TEST_SECRET", kValue, 1);
  const auto store =
      secrets_of_environment({{"token", "CLOCHE_TEST_SECRET"}, {"unset", "CLOCHE_TEST_UNSET"}});
  CHECK(store->value("any", "token").value() == kValue);
  CHECK_FALSE(store->value("any", "unset").value().has_value());
  CHECK_FALSE(store->value("any", "PATH").value().has_value());
  CHECK(store->names("any") == std::vector<std::string>{"token", "unset"});
  ::unsetenv("CLOCHE_TEST_SECRET");
}

}  // namespace
}  // namespace cloche
