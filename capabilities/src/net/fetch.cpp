#include "net/fetch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "net/addresses.h"
#include "secrets/fill_in.h"
#include "text/ecma_text.h"

namespace cloche::net {
namespace {

constexpr int kMostRedirects = 10;
constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};

// What is sent at one of the URLs of a request, before secrets are filled in.
struct Message {
  std::string method;
  Headers headers;
  std::shared_ptr<const Bytes> body;
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::shared_ptr<const Bytes> body_of(std::optional<std::variant<std::string, Bytes>>&& body) {
  if (!body) return nullptr;
  if (auto* bytes = std::get_if<Bytes>(&*body)) return std::make_shared<const Bytes>(std::move(*bytes));
  const std::string& text = std::get<std::string>(*body);
  return std::make_shared<const Bytes>(text.begin(), text.end());
}

Result<Message> message_of(FetchOptions& wanted) {
  Message message{wanted.method.value_or("GET"), {}, body_of(std::move(wanted.body))};
  if (std::ranges::find(kMethods, message.method) == kMethods.end()) {
    return Error(Errc::invalid_argument,
                 "'" + text::excerpt(message.method, 40) +
                     "' is no method that can be sent; write one such as GET, in capitals");
  }
  if (message.body && (message.method == "GET" || message.method == "HEAD"))
    return Error(Errc::invalid_argument, "a " + message.method + " has no body; leave it out, or write POST");
  auto headers = request_headers(wanted.headers.value_or(HeaderMap{}));
  if (!headers) return headers.error();
  message.headers = std::move(*headers);
  return message;
}

Result<Duration> time_for(const FetchOptions& wanted, const NetRule::Bounds& bounds,
                          const NetOptions& options) {
  const Duration most = bounds.timeout.value_or(options.timeout);
  if (!wanted.timeout_ms) return most;
  if (!(*wanted.timeout_ms > 0)) return Error(Errc::invalid_argument, "timeout_ms must be more than 0");
  const double nanoseconds = *wanted.timeout_ms * 1e6;
  return nanoseconds < static_cast<double>(most.count()) ? Duration(static_cast<Duration::rep>(nanoseconds))
                                                         : most;
}

bool carries_credentials(const Header& header) {
  return same_name(header.name, "authorization") || same_name(header.name, "cookie") ||
         secrets::refers_to_secret(header.value);
}

bool describes_body(const Header& header) {
  constexpr std::string_view kPrefix = "content-";
  return same_name(std::string_view(header.name).substr(0, kPrefix.size()), kPrefix);
}

// What a browser would make of it (Fetch standard, HTTP-redirect fetch).
void redirect(Message& message, int status, const Url& from, const Url& to) {
  const bool becomes_get = (status == 303 && message.method != "GET" && message.method != "HEAD") ||
                           ((status == 301 || status == 302) && message.method == "POST");
  if (becomes_get) {
    message.method = "GET";
    message.body = nullptr;
    std::erase_if(message.headers, describes_body);
  }
  if (!from.same_origin(to)) std::erase_if(message.headers, carries_credentials);
}

/// One request of a plugin, on its way through redirects.
class Journey {
 public:
  Journey(Call& call, const NetOptions& options, Url url, Message message, ByteCount most_bytes)
      : call_(call),
        options_(options),
        first_url_(url),
        first_method_(message.method),
        url_(std::move(url)),
        message_(std::move(message)),
        most_bytes_(most_bytes) {}

  Result<Opened> go(const FetchOptions& wanted);

 private:
  [[nodiscard]] Use use() const;
  Result<NetRule::Bounds> permit();
  Result<Headers> filled_headers();
  Result<Opened> send(const Deadline& deadline);
  Result<Opened> send_to(const Destinations& to, const Headers& headers, const Deadline& deadline);
  Result<void> turn(const Head& head);

  Call& call_;
  const NetOptions& options_;
  const Url first_url_;
  const std::string first_method_;
  const Use first_{first_url_, first_method_};
  Url url_;
  Message message_;
  const ByteCount most_bytes_;
  std::shared_ptr<Slot> slot_;
  Redirects redirects_ = Redirects::none;
  int turns_ = 0;
};

Use Journey::use() const {
  const bool inside_one_rule = turns_ > 0 && redirects_ == Redirects::same_rule;
  return {url_, message_.method, nullptr, inside_one_rule ? &first_ : nullptr};
}

Result<NetRule::Bounds> Journey::permit() {
  const std::string subject = message_.method + " " + url_.shown();
  const auto permit = call_.scope<NetScope>().permit(use());
  call_.about(subject, permit ? permit->rule : std::string_view());
  if (!permit)
    return not_capable(call_, use(), turns_ > 0 ? "no rule allows this redirect" : "no rule allows it");
  return permit->bounds;
}

// After a redirect a secret is left out where it may not go.
Result<Headers> Journey::filled_headers() {
  Headers filled;
  for (const Header& header : message_.headers) {
    if (!secrets::refers_to_secret(header.value)) {
      filled.push_back(header);
      continue;
    }
    auto value = secrets::fill_in(call_, options_.secrets.get(), url_, header.value);
    if (!value && turns_ > 0 && value.error().code() == Errc::not_capable) continue;
    if (!value) return value.error();
    if (!is_header_value(*value))
      return Error(Errc::invalid_argument,
                   "a secret cannot be sent in a header: it has a line end or a control character");
    filled.push_back({header.name, std::move(*value)});
  }
  return filled;
}

Result<Opened> Journey::send_to(const Destinations& to, const Headers& headers, const Deadline& deadline) {
  Error last;
  for (const Address& address : to.addresses) {
    auto transfer =
        Transfer::begin(slot_, {url_, address, message_.method, headers, message_.body, options_.user_agent,
                                options_.authorities.string(),
                                std::min({to.bounds.max_bytes, options_.max_bytes, most_bytes_}),
                                options_.max_header_bytes, options_.connect_timeout, options_.stall_timeout});
    if (!transfer) return transfer.error();
    auto head = deadline.wait(call_, (*transfer)->head());
    if (head) return Opened{url_, turns_ > 0, std::move(*head), std::move(*transfer), deadline};
    last = head.error();
    if (!(*transfer)->unreachable()) break;
  }
  return last;
}

Result<Opened> Journey::send(const Deadline& deadline) {
  auto headers = filled_headers();
  if (!headers) return headers.error();
  auto to = destinations(call_, *options_.resolver, use(), deadline);
  if (!to) return to.error();
  return send_to(*to, *headers, deadline);
}

Result<void> Journey::turn(const Head& head) {
  auto next = url_.join(head.headers.at("location"));
  if (!next)
    return Error(Errc::io, "'" + url_.shown() + "' redirects to something that cannot be fetched")
        .because(next.error());
  if (redirects_ == Redirects::none)
    return not_capable(call_, {*next, message_.method}, "its rule allows no redirect");
  if (++turns_ > kMostRedirects)
    return Error(Errc::io, "'" + first_url_.shown() + "' was redirected more than 10 times");
  redirect(message_, head.status, url_, *next);
  url_ = std::move(*next);
  auto permitted = permit();
  if (!permitted) return permitted.error();
  return {};
}

// Waiting for its turn among the plugin's requests does not count as time of the request.
Result<Opened> Journey::go(const FetchOptions& wanted) {
  auto bounds = permit();
  if (!bounds) return bounds.error();
  redirects_ = bounds->redirects;
  auto time = time_for(wanted, *bounds, options_);
  if (!time) return time.error();
  auto& clients = call_.reactor().service<Clients>();
  auto slot = call_.wait(clients.of(call_.plugin().id, options_.requests_per_plugin)->slot());
  if (!slot) return slot.error();
  slot_ = std::move(*slot);
  const Deadline deadline(*time, "the request of '" + url_.shown() + "'");
  const Redirect mode = wanted.redirect.value_or(Redirect::follow);
  while (true) {
    auto opened = send(deadline);
    if (!opened || !is_redirect(opened->head.status) || !opened->head.headers.contains("location"))
      return opened;
    if (mode == Redirect::manual) return opened;
    if (mode == Redirect::error)
      return Error(Errc::io, "'" + url_.shown() + "' redirects, which the request has made an error");
    auto turned = turn(opened->head);
    if (!turned) return turned.error();
  }
}

}  // namespace

Result<Opened> open(Call& call, const NetOptions& options, std::string_view url, FetchOptions wanted,
                    ByteCount most_bytes) {
  auto parsed = Url::parse(url);
  if (!parsed) return parsed.error();
  auto message = message_of(wanted);
  if (!message) return message.error();
  return Journey(call, options, std::move(*parsed), std::move(*message), most_bytes).go(wanted);
}

}  // namespace cloche::net
