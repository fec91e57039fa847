#include <cloche/builtin/net.h>

#include <utility>

#include "net/fetch.h"
#include "net/net_rule.h"
#include "net/streams.h"

namespace cloche {
namespace net {
namespace {

struct Response {
  int status = 0;
  std::string url;
  bool redirected = false;
  HeaderMap headers;
  Bytes body;
};
BOOST_DESCRIBE_STRUCT(Response, (), (status, url, redirected, headers, body))

struct OpenResponse {
  std::uint32_t id = 0;
  int status = 0;
  std::string url;
  bool redirected = false;
  HeaderMap headers;
};
BOOST_DESCRIBE_STRUCT(OpenResponse, (), (id, status, url, redirected, headers))

using Options = std::shared_ptr<const NetOptions>;

Result<Response> fetch(Call& call, const Options& options, const std::string& url,
                       std::optional<FetchOptions> wanted) {
  auto opened =
      open(call, *options, url, std::move(wanted).value_or(FetchOptions{}), call.plugin().limits.message);
  if (!opened) return opened.error();
  Response response{
      opened->head.status, opened->url.text(), opened->redirected, std::move(opened->head.headers), {}};
  while (true) {
    auto piece = opened->deadline.wait(call, opened->transfer->read());
    if (!piece) return piece.error();
    if (!*piece) return response;
    response.body.insert(response.body.end(), (*piece)->begin(), (*piece)->end());
  }
}

Result<OpenResponse> open_stream(Call& call, const Options& options, const std::string& url,
                                 std::optional<FetchOptions> wanted) {
  auto opened = open(call, *options, url, std::move(wanted).value_or(FetchOptions{}), Limits::kUnlimited);
  if (!opened) return opened.error();
  auto id = call.reactor().service<Streams>().add(call, opened->transfer);
  if (!id) return id.error();
  return OpenResponse{*id, opened->head.status, opened->url.text(), opened->redirected,
                      std::move(opened->head.headers)};
}

Result<std::optional<Bytes>> read(Call& call, std::uint32_t id) {
  auto& streams = call.reactor().service<Streams>();
  const auto transfer = streams.find(call, id);
  if (!transfer)
    return Error(Errc::invalid_argument,
                 "no open response has the id " + std::to_string(id) + "; it may be read to its end");
  call.about(transfer->subject());
  auto piece = call.wait(transfer->read());
  const bool over = piece ? !*piece : piece.error().code() != Errc::invalid_argument;
  if (over) streams.close(call, id);
  return piece;
}

void close(Call& call, std::uint32_t id) {
  auto& streams = call.reactor().service<Streams>();
  if (const auto transfer = streams.find(call, id)) call.about(transfer->subject());
  streams.close(call, id);
}

Result<std::shared_ptr<NetScope>> make_scope(const Grant& grant, const PluginInfo&) {
  auto scope = NetScope::make(grant);
  if (!scope) return scope.error();
  return std::make_shared<NetScope>(std::move(*scope));
}

std::vector<ScopeField> scope_fields() {
  return {
      {"url", ScopeKind::url, true, {}},
      {"methods", ScopeKind::text_list, false, {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}},
      {"redirects", ScopeKind::text, false, {"same-rule", "none", "any-rule"}},
      {"max_bytes", ScopeKind::size, false, {}},
      {"timeout", ScopeKind::duration, false, {}},
      {"addresses", ScopeKind::text_list, false, {}}};
}

}  // namespace
}  // namespace net

void define_net(Registry& registry, NetOptions options) {
  if (!options.resolver) options.resolver = system_resolver();
  const auto shared = std::make_shared<const NetOptions>(std::move(options));
  registry.define("net.fetch")
      .summary("Sends HTTP requests")
      .scope(net::scope_fields(), &net::make_scope)
      .async("fetch",
             [shared](Call& call, const std::string& url, std::optional<net::FetchOptions> wanted) {
               return net::fetch(call, shared, url, std::move(wanted));
             },
             {{"url", "options"}, "Sends a request and gives the whole response."})
      .async("open",
             [shared](Call& call, const std::string& url, std::optional<net::FetchOptions> wanted) {
               return net::open_stream(call, shared, url, std::move(wanted));
             },
             {{"url", "options"},
              "Sends a request and gives the response without its body, which `read` gives by the id."})
      .async("read", &net::read, {{"id"}, "The next piece of an open response's body; undefined at its end."})
      .async("close", &net::close, {{"id"}, "Ends an open response before its end."});
}

}  // namespace cloche
