#pragma once

#include <atomic>
#include <cloche/directory.h>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cloche::testing {

/// An HTTP/1.1 server on 127.0.0.1, on one thread of its own, that sends what it is told byte for byte.
class HttpServer {
 public:
  struct Request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
  };
  struct Reply {
    enum class Then {
      keep,    ///< the connection open
      close,   ///< it
      hold,    ///< the reply back until `release`
      repeat,  ///< `more` for as long as the client takes it
    };
    std::string bytes;
    Then then = Then::keep;
    std::string more = {};
  };
  /// Called on the server's thread.
  using Handler = std::function<Reply(const Request&)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// `http://HOST:PORT/…`
  [[nodiscard]] std::string url(const std::string& path, const std::string& host = "127.0.0.1") const;

  /// Sends what is held. On any thread, the server's too.
  void release();
  /// All there were so far.
  [[nodiscard]] std::vector<Request> requests() const;
  [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return sent_; }
  /// How many connections were accepted, are open, and were at most.
  [[nodiscard]] int accepted() const noexcept { return accepted_; }
  [[nodiscard]] int most_open() const noexcept { return most_open_; }
  /// Waits until `count` connections are open.
  void wait_for_open(int count);

  /// A whole response.
  static Reply reply(int status, const std::string& body, const std::string& header_lines = "");

 private:
  struct Connection {
    FileDescriptor socket;
    std::string in;
    std::string out;
    std::string held;
    std::string more;
    bool close = false;
  };

  void serve();
  void accept();
  bool read(Connection& connection);
  void answer(Connection& connection);
  bool write(Connection& connection);
  void count_open();

  const Handler handler_;
  FileDescriptor listener_;
  FileDescriptor bell_;
  std::uint16_t port_ = 0;
  std::map<int, Connection> connections_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> released_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<int> accepted_{0};
  std::atomic<int> most_open_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace cloche::testing
