#pragma once

#include <cloche/reactor.h>
#include <map>
#include <memory>

namespace cloche::net {

/// What is told that its transfer ended.
class MultiClient {
 public:
  virtual ~MultiClient() = default;
  /// `code` is a CURLcode.
  virtual void ended(int code) = 0;
};

/// libcurl's multi interface on a Reactor: transfers, and the connections they leave open for each other.
/// libcurl says which sockets and which times matter (curl_multi_socket_action(3)), so nothing here waits.
/// Belongs to the reactor's thread. Handles are curl's easy handles, whose CURLOPT_PRIVATE is their
/// MultiClient.
class Multi {
 public:
  /// At most `connections` are kept open while nobody uses them. Throws std::bad_alloc.
  Multi(Reactor& reactor, std::size_t connections);
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;
  ~Multi();

  /// Begins a transfer; it goes on until `remove`. Error: `io`.
  [[nodiscard]] Result<void> add(void* easy);
  void remove(void* easy);
  /// Has a socket closed that libcurl is done with, here, so that its watch ends first.
  void close_socket(int socket);

 private:
  static int on_socket(void* easy, int socket, int what, void* self, void* unused);
  static int on_timer(void* multi, long milliseconds, void* self);
  void watch(int socket, int what);
  void act(int socket, int events);
  void tell_ended();

  Reactor& reactor_;
  void* multi_;
  std::map<int, std::unique_ptr<Reactor::Watch>> watches_;
  std::unique_ptr<Reactor::Alarm> alarm_;
};

}  // namespace cloche::net
