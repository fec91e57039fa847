#include "net/transfer.h"

#include <charconv>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cloche::net {
namespace {

// What is kept of a body that nobody reads, before the server is made to wait.
constexpr std::size_t kMostUnread = 64U << 10;

std::string_view view(const char* data, std::size_t size, std::size_t count) { return {data, size * count}; }

template <class T>
bool set(void* easy, CURLoption option, T value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

long seconds(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

bool append(curl_slist*& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list, line.c_str());
  if (longer != nullptr) list = longer;
  return longer != nullptr;
}

}  // namespace

Transfer::Transfer(std::shared_ptr<Slot> slot, Request request)
    : slot_(std::move(slot)), request_(std::move(request)), easy_(curl_easy_init()) {}

Transfer::~Transfer() {
  if (added_) slot_->multi().remove(easy_);
  curl_easy_cleanup(easy_);
  curl_slist_free_all(lines_);
  curl_slist_free_all(connect_to_);
}

Result<std::shared_ptr<Transfer>> Transfer::begin(std::shared_ptr<Slot> slot, Request request) {
  const std::shared_ptr<Transfer> transfer(new Transfer(std::move(slot), std::move(request)));
  if (transfer->easy_ == nullptr || !transfer->set_up())
    return Error(Errc::io,
                 "the request could not be set up: memory is short, or libcurl lacks what it needs");
  auto added = transfer->slot_->multi().add(transfer->easy_);
  if (!added) return added.error();
  transfer->added_ = true;
  return transfer;
}

// Everything that libcurl could take from its environment is set, and every protocol but the two is off.
bool Transfer::set_up() {
  const std::string address =
      request_.address.is_v4() ? request_.address.text() : "[" + request_.address.text() + "]";
  const auto header = static_cast<curl_write_callback>(&Transfer::on_header);
  const auto body = static_cast<curl_write_callback>(&Transfer::on_body);
  const auto opened = [](void* self, curlsocktype purpose, curl_sockaddr* to) -> curl_socket_t {
    return on_open(self, purpose, to);
  };
  return append(connect_to_, "::" + address + ":") && set(easy_, CURLOPT_URL, request_.url.text().c_str()) &&
         set(easy_, CURLOPT_CONNECT_TO, connect_to_) && set(easy_, CURLOPT_PROTOCOLS_STR, "http,https") &&
         set(easy_, CURLOPT_PROXY, "") && set(easy_, CURLOPT_NETRC, long{CURL_NETRC_IGNORED}) &&
         set(easy_, CURLOPT_FOLLOWLOCATION, 0L) && set(easy_, CURLOPT_HTTP09_ALLOWED, 0L) &&
         set(easy_, CURLOPT_NOSIGNAL, 1L) && set(easy_, CURLOPT_PRIVATE, static_cast<MultiClient*>(this)) &&
         set(easy_, CURLOPT_OPENSOCKETFUNCTION, static_cast<curl_opensocket_callback>(opened)) &&
         set(easy_, CURLOPT_OPENSOCKETDATA, this) &&
         set(easy_, CURLOPT_CLOSESOCKETFUNCTION,
             static_cast<curl_closesocket_callback>(&Transfer::on_close)) &&
         set(easy_, CURLOPT_CLOSESOCKETDATA, &slot_->multi()) && set(easy_, CURLOPT_HEADERFUNCTION, header) &&
         set(easy_, CURLOPT_HEADERDATA, this) && set(easy_, CURLOPT_WRITEFUNCTION, body) &&
         set(easy_, CURLOPT_WRITEDATA, this) && set(easy_, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") &&
         set(easy_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request_.connect_timeout)) &&
         set(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L) &&
         set(easy_, CURLOPT_LOW_SPEED_TIME, seconds(request_.stall_timeout)) &&
         (request_.authorities.empty() || set(easy_, CURLOPT_CAINFO, request_.authorities.c_str())) &&
         set_up_method() && set_up_headers();
}

bool Transfer::set_up_method() {
  if (request_.method == "HEAD") return set(easy_, CURLOPT_NOBODY, 1L);
  const bool posts = request_.body != nullptr || request_.method == "POST";
  if (posts) {
    const char* const data = request_.body == nullptr || request_.body->empty()
                                 ? ""
                                 : reinterpret_cast<const char*>(request_.body->data());
    const auto size = static_cast<curl_off_t>(request_.body == nullptr ? 0 : request_.body->size());
    if (!set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, size) || !set(easy_, CURLOPT_POSTFIELDS, data)) return false;
  }
  return set(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

// A name without a value is written with ';', and one that libcurl is not to add by itself with nothing after
// the ':'.
bool Transfer::set_up_headers() {
  bool typed = false;
  bool named = false;
  bool good = append(lines_, "Expect:");
  for (const auto& [name, value] : request_.headers) {
    typed = typed || same_name(name, "content-type");
    named = named || same_name(name, "user-agent");
    good = good && append(lines_, value.empty() ? name + ";" : name + ": " + value);
  }
  good = good && (typed || append(lines_, "Content-Type:"));
  good =
      good && (named || request_.user_agent.empty() || append(lines_, "User-Agent: " + request_.user_agent));
  return good && set(easy_, CURLOPT_HTTPHEADER, lines_);
}

// The check that counts: of the very address that the socket is about to be connected to.
int Transfer::on_open(void* self, int, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (Address::of(address->addr) != transfer.request_.address) {
    transfer.refuse(
        Error(Errc::not_capable, "'" + transfer.request_.url.shown() +
                                     "' was about to be fetched from another address than was checked"));
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_close(void* multi, int socket) {
  static_cast<Multi*>(multi)->close_socket(socket);
  return 0;
}

std::size_t Transfer::refuse(Error error) {
  if (!error_) error_ = std::move(error);
  return 0;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.take_header(view(data, size, count)) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > request_.max_header_bytes) {
    refuse(Error(Errc::size_limit, "the headers of '" + request_.url.shown() + "' are larger than " +
                                       std::to_string(request_.max_header_bytes) + " bytes"));
    return false;
  }
  if (head_over_) return true;  // a trailer
  if (line.starts_with("HTTP/")) {
    head_ = {};
    const std::string_view code = line.substr(std::min(line.find(' '), line.size() - 1) + 1);
    std::from_chars(code.data(), code.data() + code.size(), head_.status);
  } else if (line == "\r\n" || line == "\n") {
    end_head();
  } else {
    add_line(head_.headers, line);
  }
  return true;
}

// Interim responses (RFC 9110, 15.2) are nobody's answer.
void Transfer::end_head() {
  if (head_.status < 200) return;
  head_over_ = true;
  head_promise_.settle(std::move(head_));
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_body(view(data, size, count));
}

std::size_t Transfer::take_body(std::string_view data) {
  if (buffer_.size() >= kMostUnread) {
    paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  body_bytes_ += data.size();
  if (body_bytes_ > request_.max_bytes) {
    return refuse(Error(Errc::size_limit, "the response of '" + request_.url.shown() + "' is larger than " +
                                              std::to_string(request_.max_bytes) + " bytes"));
  }
  buffer_.insert(buffer_.end(), data.begin(), data.end());
  deliver();
  return data.size();
}

Error Transfer::error_of(int code) const {
  if (error_) return *error_;
  return {Errc::io,
          "cannot fetch '" + request_.url.shown() + "': " + curl_easy_strerror(static_cast<CURLcode>(code))};
}

void Transfer::ended(int code) {
  ended_ = true;
  curl_off_t connected = 0;  // after so many microseconds
  curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connected);
  unreachable_ =
      !error_ && connected == 0 && (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT);
  if (code != CURLE_OK) error_ = error_of(code);
  // Settled already where there was a head.
  head_promise_.settle(error_ ? *error_
                              : Error(Errc::io, "'" + request_.url.shown() + "' did not answer in HTTP"));
  deliver();
}

void Transfer::deliver() {
  if (!reader_ || (buffer_.empty() && !ended_)) return;
  const auto reader = *std::exchange(reader_, std::nullopt);
  if (!buffer_.empty()) {
    reader.settle(Piece(std::exchange(buffer_, {})));
  } else if (error_) {
    reader.settle(*error_);
  } else {
    reader.settle(Piece());
  }
}

// What was held back comes while the transfer is resumed, and may have it pause again.
Future<std::optional<Bytes>> Transfer::read() {
  if (reader_)
    return Result<Piece>(Error(Errc::invalid_argument, "another read of this response is under way"));
  auto future = reader_.emplace().future();
  deliver();
  if (std::exchange(paused_, false)) curl_easy_pause(easy_, CURLPAUSE_CONT);
  return future;
}

}  // namespace cloche::net
