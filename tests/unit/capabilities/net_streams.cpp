#include <doctest/doctest.h>

#include "net_support.h"

namespace cloche {
namespace {

using testing::Caller;
using testing::code_of;
using testing::Fields;
using testing::HttpServer;
using testing::net_grant;
using testing::net_plugin;
using Then = HttpServer::Reply::Then;

HttpServer::Reply endless(const HttpServer::Request&) {
  return {"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n", Then::repeat, std::string(100'000, 'x')};
}

Caller friend_of(const HttpServer& server, NetOptions options = {}) {
  return net_plugin({net_grant({Fields{{"url", server.url("/**")}}})}, std::move(options));
}

Value open(Caller& call, const HttpServer& server) {
  return *call("net", "open", {server.url("/")}).value().find("id");
}

std::size_t size_of(const Result<Value>& piece) {
  const auto* bytes = piece->as<Bytes>();
  return bytes == nullptr ? 0 : bytes->size();
}

TEST_CASE("an open response gives its head at once and its body in pieces") {
  const std::string body(300'000, 'y');
  HttpServer server([&](const HttpServer::Request&) { return HttpServer::reply(201, body, "X-A: b\r\n"); });
  Caller call = friend_of(server);
  const Value head = call("net", "open", {server.url("/")}).value();
  CHECK(*head.find("status") == Value(201));
  CHECK(*head.find("headers")->find("x-a") == Value("b"));
  std::size_t size = 0;
  int pieces = 0;
  while (true) {
    const auto piece = call("net", "read", {*head.find("id")});
    if (*piece == Value(Undefined{})) break;
    size += size_of(piece);
    ++pieces;
  }
  CHECK(size == body.size());
  CHECK(pieces > 1);
  CHECK(code_of(call("net", "read", {*head.find("id")})) == Errc::invalid_argument);
}

TEST_CASE("a server is made to wait for whoever does not read") {
  HttpServer server(&endless);
  Caller call = friend_of(server);
  const Value id = open(call, server);
  std::size_t read = 0;
  for (int i = 0; i < 20; ++i) read += size_of(call("net", "read", {id}));
  for (int i = 0; i < 200; ++i) call.services().serve(std::chrono::milliseconds(1));
  // What the kernel holds on the way is beyond us; what we hold is not.
  CHECK(server.bytes_sent() < read + (16U << 20));
  CHECK(size_of(call("net", "read", {id})) > 0);
}

TEST_CASE("closing an open response ends its connection") {
  HttpServer server(&endless);
  Caller call = friend_of(server);
  const Value id = open(call, server);
  server.wait_for_open(1);
  REQUIRE(call("net", "close", {id}));
  server.wait_for_open(0);
  CHECK(code_of(call("net", "read", {id})) == Errc::invalid_argument);
  CHECK(call("net", "close", {id}));
}

TEST_CASE("a response that grows beyond what is allowed ends with an error") {
  HttpServer server(&endless);
  NetOptions options;
  options.max_bytes = 250'000;
  Caller call = friend_of(server, options);
  const Value id = open(call, server);
  Errc last = Errc::internal;
  while (last == Errc::internal) last = code_of(call("net", "read", {id}));
  CHECK(last == Errc::size_limit);
  CHECK(code_of(call("net", "read", {id})) == Errc::invalid_argument);
  server.wait_for_open(0);
}

TEST_CASE("revoking the capability ends what is open, for good") {
  HttpServer server(&endless);
  Caller call = friend_of(server);
  const Value id = open(call, server);
  server.wait_for_open(1);
  call.bindings().take("net.fetch", Permission::denied);
  CHECK(code_of(call("net", "read", {id})) == Errc::not_capable);
  call.services().serve(std::chrono::seconds(10));
  server.wait_for_open(0);
  REQUIRE(call.bindings().give(net_grant({Fields{{"url", server.url("/**")}}})));
  CHECK(code_of(call("net", "read", {id})) == Errc::invalid_argument);
}

TEST_CASE("what is open goes with the plugin") {
  HttpServer server(&endless);
  {
    Caller call = friend_of(server);
    open(call, server);
    server.wait_for_open(1);
  }
  server.wait_for_open(0);
}

TEST_CASE("nobody can read what another has open") {
  HttpServer server(&endless);
  Caller call = friend_of(server);
  const Value id = open(call, server);
  const auto unknown = Value(*id.as<double>() + 1);
  CHECK(code_of(call("net", "read", {unknown})) == Errc::invalid_argument);
  CHECK(code_of(call("net", "read", {Value(0)})) == Errc::invalid_argument);
  CHECK(code_of(call("net", "read", {Value(-1)})) == Errc::invalid_argument);
}

}  // namespace
}  // namespace cloche
