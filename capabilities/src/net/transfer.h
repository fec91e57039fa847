#pragma once

#include <cloche/future.h>
#include <cloche/limits.h>
#include <cloche/value.h>
#include <memory>
#include <optional>
#include <string>

#include "net/clients.h"
#include "net/headers.h"
#include "net/url.h"

struct curl_slist;
struct curl_sockaddr;

namespace cloche::net {

/// One HTTP request to one address, as it is to be sent.
struct Request {
  Url url;
  Address address;
  std::string method;
  Headers headers;
  std::shared_ptr<const Bytes> body;  ///< null: none
  std::string user_agent;
  std::string authorities;  ///< a file; empty: the system's
  ByteCount max_bytes = 0;  ///< of the body, decoded
  ByteCount max_header_bytes = 0;
  Duration connect_timeout{};
  Duration stall_timeout{};
};

/// What comes before a response's body.
struct Head {
  int status = 0;
  HeaderMap headers;
};

/// One HTTP exchange, without redirects. Destroying it ends it. Belongs to the reactor's thread. The body
/// waits where it is, in the kernel and at the server, until it is read. Errors of all futures: `io`;
/// `size_limit` when the response is larger than was allowed.
class Transfer final : public MultiClient {
 public:
  [[nodiscard]] static Result<std::shared_ptr<Transfer>> begin(std::shared_ptr<Slot> slot, Request request);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() override;

  /// What it is about, for the audit.
  [[nodiscard]] std::string subject() const { return request_.method + " " + request_.url.shown(); }
  /// Its result is there for one.
  [[nodiscard]] Future<Head> head() const { return head_promise_.future(); }
  /// Whether there was nobody at the address, so that another may be tried.
  [[nodiscard]] bool unreachable() const noexcept { return unreachable_; }
  /// The next piece of the body, decoded, once there is one; nothing at its end. Error, besides:
  /// `invalid_argument` while another read waits.
  [[nodiscard]] Future<std::optional<Bytes>> read();

 private:
  using Piece = std::optional<Bytes>;

  Transfer(std::shared_ptr<Slot> slot, Request request);
  [[nodiscard]] bool set_up();
  [[nodiscard]] bool set_up_method();
  [[nodiscard]] bool set_up_headers();
  [[nodiscard]] bool add_header(const std::string& line);

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_open(void* self, int purpose, curl_sockaddr* address);
  static int on_close(void* multi, int socket);

  bool take_header(std::string_view line);
  void end_head();
  std::size_t take_body(std::string_view data);
  /// Ends it with an error; answers 0, which has libcurl stop.
  std::size_t refuse(Error error);
  void ended(int code) override;
  [[nodiscard]] Error error_of(int code) const;
  void deliver();

  std::shared_ptr<Slot> slot_;
  const Request request_;
  void* easy_ = nullptr;
  curl_slist* lines_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  bool added_ = false;

  Promise<Head> head_promise_;
  Head head_;
  bool head_over_ = false;
  ByteCount header_bytes_ = 0;

  Bytes buffer_;
  ByteCount body_bytes_ = 0;
  bool paused_ = false;
  std::optional<Promise<Piece>> reader_;

  bool ended_ = false;
  bool unreachable_ = false;
  std::optional<Error> error_;
};

}  // namespace cloche::net
