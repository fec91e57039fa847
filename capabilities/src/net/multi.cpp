#include "net/multi.h"

#include <chrono>
#include <curl/curl.h>
#include <new>
#include <unistd.h>
#include <utility>

namespace cloche::net {
namespace {

// Once for the process, before the first handle. Nothing ever undoes it, for the application may use libcurl
// too.
void begin_library() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

Multi::Multi(Reactor& reactor, std::size_t connections) : reactor_(reactor) {
  begin_library();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  const auto socket = [](CURL* easy, curl_socket_t s, int what, void* self, void* unused) {
    return on_socket(easy, s, what, self, unused);
  };
  const auto timer = [](CURLM* multi, long milliseconds, void* self) {
    return on_timer(multi, milliseconds, self);
  };
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, static_cast<curl_socket_callback>(socket));
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, static_cast<curl_multi_timer_callback>(timer));
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

Multi::~Multi() { curl_multi_cleanup(multi_); }

Result<void> Multi::add(void* easy) {
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK)
    return Error(Errc::io, "the request could not be begun");
  return {};
}

void Multi::remove(void* easy) { curl_multi_remove_handle(multi_, easy); }

void Multi::close_socket(int socket) {
  watches_.erase(socket);
  ::close(socket);
}

// Without a watch the transfer gets nowhere, and ends when its time is up.
void Multi::watch(int socket, int what) {
  const auto interest = what == CURL_POLL_IN    ? Reactor::Interest::read
                        : what == CURL_POLL_OUT ? Reactor::Interest::write
                                                : Reactor::Interest::both;
  if (const auto found = watches_.find(socket); found != watches_.end()) return found->second->want(interest);
  auto watch = reactor_.watch(socket, interest, [this, socket](Reactor::Ready ready) {
    act(socket, (ready.read ? CURL_CSELECT_IN : 0) | (ready.write ? CURL_CSELECT_OUT : 0));
  });
  if (watch) watches_.emplace(socket, std::move(*watch));
}

int Multi::on_socket(void*, int socket, int what, void* self, void*) {
  auto& multi = *static_cast<Multi*>(self);
  if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) {
    multi.watches_.erase(socket);
  } else {
    multi.watch(socket, what);
  }
  return 0;
}

int Multi::on_timer(void*, long milliseconds, void* self) {
  auto& multi = *static_cast<Multi*>(self);
  multi.alarm_.reset();
  if (milliseconds < 0) return 0;
  multi.alarm_ = multi.reactor_.after(std::chrono::milliseconds(milliseconds), [&multi] {
    const auto rung = std::move(multi.alarm_);
    multi.act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void Multi::act(int socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  tell_ended();
}

void Multi::tell_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* client = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &client);
    static_cast<MultiClient*>(static_cast<void*>(client))->ended(code);
  }
}

}  // namespace cloche::net
