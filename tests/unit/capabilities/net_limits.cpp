#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>

#include "net/transfer.h"
#include "net_support.h"

namespace cloche {
namespace {

using testing::body_of;
using testing::Caller;
using testing::code_of;
using testing::Fields;
using testing::HttpServer;
using testing::net_grant;
using testing::net_plugin;
using Then = HttpServer::Reply::Then;

Caller friend_of(const HttpServer& server, Fields more = {}, NetOptions options = {}, Limits limits = {}) {
  more.emplace("url", server.url("/**"));
  return net_plugin({net_grant({std::move(more)})}, std::move(options), limits);
}

// A gzip stream (RFC 1952) of so many times 258 zeros: a literal, and then copies of what is before, in the
// fixed code of RFC 1951.
std::string bomb(int copies) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  unsigned byte = 0;
  int filled = 0;
  const auto put = [&](unsigned code, int bits) {  // most significant first
    for (int i = bits - 1; i >= 0; --i) {
      byte |= (code >> i & 1U) << filled;
      if (++filled < 8) continue;
      out += static_cast<char>(byte);
      byte = 0;
      filled = 0;
    }
  };
  put(1, 1);     // the last block,
  put(2, 2);     // of the fixed code
  put(0x30, 8);  // the literal 0
  for (int i = 0; i < copies; ++i) {
    put(0xc5, 8);  // 258 bytes
    put(0, 5);     // of one byte before
  }
  return out;
}

TEST_CASE("an endless body ends at the smallest of the limits") {
  HttpServer server([](const HttpServer::Request&) {
    return HttpServer::Reply{"HTTP/1.1 200 OK\r\n\r\n", Then::repeat, std::string(100'000, 'x')};
  });
  Caller of_rule = friend_of(server, {{"max_bytes", std::uint64_t{50'000}}});
  CHECK(code_of(of_rule("net", "fetch", {server.url("/")})) == Errc::size_limit);
  NetOptions options;
  options.max_bytes = 50'000;
  Caller of_options = friend_of(server, {}, options);
  CHECK(code_of(of_options("net", "fetch", {server.url("/")})) == Errc::size_limit);
  Limits limits;
  limits.message = 50'000;
  Caller of_limits = friend_of(server, {}, {}, limits);
  CHECK(code_of(of_limits("net", "fetch", {server.url("/")})) == Errc::size_limit);
}

TEST_CASE("a body is counted as it unfolds") {
  HttpServer server([](const HttpServer::Request&) {
    return HttpServer::reply(200, bomb(200'000), "Content-Encoding: gzip\r\n");
  });
  Caller call = friend_of(server, {{"max_bytes", std::uint64_t{1'000'000}}});
  CHECK(code_of(call("net", "fetch", {server.url("/")})) == Errc::size_limit);
}

TEST_CASE("a flood of headers ends the request") {
  HttpServer server([](const HttpServer::Request& request) {
    if (request.target == "/lines")
      return HttpServer::Reply{"HTTP/1.1 200 OK\r\n", Then::repeat,
                               "X-Header: " + std::string(100, 'x') + "\r\n"};
    if (request.target == "/line")
      return HttpServer::Reply{"HTTP/1.1 200 OK\r\nX-Header: ", Then::repeat, std::string(1000, 'x')};
    return HttpServer::Reply{"", Then::repeat, "HTTP/1.1 103 Early\r\nX-A: b\r\n\r\n"};
  });
  Caller call = friend_of(server);
  CHECK(code_of(call("net", "fetch", {server.url("/lines")})) == Errc::size_limit);
  CHECK(code_of(call("net", "fetch", {server.url("/interim")})) == Errc::size_limit);
  CHECK_FALSE(call("net", "fetch", {server.url("/line")}).has_value());
}

TEST_CASE("what is no HTTP is an error") {
  for (const char* bytes : {"hello", "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"}) {
    HttpServer server([&](const HttpServer::Request&) { return HttpServer::Reply{bytes, Then::close}; });
    Caller call = friend_of(server);
    CHECK_MESSAGE(code_of(call("net", "fetch", {server.url("/")})) == Errc::io, bytes);
  }
}

TEST_CASE("a server that does not answer, or not to the end, has as long as it was given") {
  HttpServer server([](const HttpServer::Request& request) {
    if (request.target == "/silent") return HttpServer::Reply{"", Then::hold};
    return HttpServer::Reply{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"};
  });
  Caller of_plugin = friend_of(server);
  Caller of_rule = friend_of(server, {{"timeout", std::uint64_t{20'000'000}}});
  for (const char* path : {"/silent", "/half"}) {
    CHECK(code_of(of_plugin("net", "fetch", {server.url(path), Object{{"timeout_ms", 20}}})) == Errc::io);
    CHECK(code_of(of_rule("net", "fetch", {server.url(path)})) == Errc::io);
    CHECK(code_of(of_rule("net", "fetch", {server.url(path), Object{{"timeout_ms", 1e12}}})) == Errc::io);
  }
  server.wait_for_open(0);
  for (const double bad : {0.0, -1.0})
    CHECK(code_of(of_plugin("net", "fetch", {server.url("/"), Object{{"timeout_ms", bad}}})) ==
          Errc::invalid_argument);
}

TEST_CASE("a resolver that does not answer has as long as the request was given") {
  class Silent final : public Resolver {
   public:
    Future<std::vector<std::string>> resolve(std::string_view) override { return promise_.future(); }

   private:
    Promise<std::vector<std::string>> promise_;
  };
  NetOptions options;
  options.resolver = std::make_shared<Silent>();
  Caller call = net_plugin({net_grant({Fields{{"url", "http://slow.example/"}}})}, options);
  CHECK(code_of(call("net", "fetch", {"http://slow.example/", Object{{"timeout_ms", 20}}})) == Errc::io);
}

TEST_CASE("a request ends when its call is cancelled") {
  ThreadServices* services = nullptr;
  HttpServer server([&](const HttpServer::Request&) {
    services->cancel();
    return HttpServer::Reply{"", Then::hold};
  });
  Caller call = friend_of(server);
  services = &call.services();
  CHECK(code_of(call("net", "fetch", {server.url("/")})) == Errc::cancelled);
  server.wait_for_open(0);
}

TEST_CASE("a request ends when its capability is revoked") {
  HttpServer server([](const HttpServer::Request&) { return HttpServer::Reply{"", Then::hold}; });
  Caller call = friend_of(server);
  const auto revocation = call.services().reactor().after(
      std::chrono::milliseconds(5), [&] { call.bindings().take("net.fetch", Permission::denied); });
  CHECK(code_of(call("net", "fetch", {server.url("/")})) == Errc::not_capable);
  server.wait_for_open(0);
}

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

// One of many requests, as a chain of what a fiber would wait for.
struct Fetch {
  std::shared_ptr<net::Transfer> transfer;
  bool over = false;

  void begin(std::shared_ptr<net::Slot> slot, const net::Url& url) {
    transfer = net::Transfer::begin(std::move(slot), {url,
                                                      *url.address(),
                                                      "GET",
                                                      {},
                                                      nullptr,
                                                      "",
                                                      "",
                                                      1000,
                                                      1000,
                                                      std::chrono::seconds(60),
                                                      std::chrono::seconds(60)})
                   .value();
  }
};

TEST_CASE("a thousand slow requests take no thread each, and no more connections than one plugin may have") {
  constexpr std::size_t kRequests = 1000;
  constexpr std::size_t kSlots = 20;
  std::size_t held = 0;
  HttpServer* self = nullptr;
  // Answers only when as many wait as may.
  HttpServer server([&](const HttpServer::Request&) {
    if (++held % kSlots == 0) self->release();
    auto reply = HttpServer::reply(200, "slow");
    reply.then = Then::hold;
    return reply;
  });
  self = &server;
  ThreadServices services;
  const auto client = services.reactor().service<net::Clients>().of("com.acme.test", kSlots);
  const net::Url url = net::Url::parse(server.url("/")).value();
  const auto before = threads();
  const Executor at_once = [](const auto& job) { job(); };
  std::vector<Fetch> fetches(kRequests);
  for (Fetch& fetch : fetches) {
    client->slot().then(at_once,
                        [&](Result<std::shared_ptr<net::Slot>> slot) { fetch.begin(std::move(*slot), url); });
  }
  std::size_t answered = 0;
  while (answered < kRequests) {
    services.serve(std::chrono::seconds(1));
    CHECK(threads() == before);
    for (Fetch& fetch : fetches) {
      if (fetch.over || !fetch.transfer || !fetch.transfer->head().ready()) continue;
      fetch.over = true;
      CHECK(fetch.transfer->head().get()->status == 200);
      fetch.transfer.reset();
      ++answered;
    }
  }
  CHECK(server.requests().size() == kRequests);
  CHECK(server.most_open() <= static_cast<int>(kSlots));
}

}  // namespace
}  // namespace cloche
