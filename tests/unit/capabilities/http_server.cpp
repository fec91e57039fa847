#include "http_server.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cloche::testing {
namespace {

HttpServer::Request parse(const std::string& head) {
  HttpServer::Request request;
  std::size_t begin = head.find("\r\n") + 2;
  const std::string line = head.substr(0, begin - 2);
  const std::size_t space = line.find(' ');
  request.method = line.substr(0, space);
  request.target = line.substr(space + 1, line.rfind(' ') - space - 1);
  while (begin < head.size()) {
    const std::size_t end = head.find("\r\n", begin);
    const std::size_t colon = head.find(':', begin);
    if (end == begin || colon > end) break;
    std::string name = head.substr(begin, colon - begin);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t value = head.find_first_not_of(' ', colon + 1);
    request.headers[name] = head.substr(value, end - value);
    begin = end + 2;
  }
  return request;
}

}  // namespace

HttpServer::HttpServer(Handler handler)
    : handler_(std::move(handler)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), plain, length) != 0 || ::listen(listener_.get(), 1024) != 0 ||
      ::getsockname(listener_.get(), plain, &length) != 0)
    throw std::runtime_error("the test's server cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  ended_ = true;
  ::eventfd_write(bell_.get(), 1);
  thread_.join();
}

std::string HttpServer::url(const std::string& path, const std::string& host) const {
  return "http://" + host + ":" + std::to_string(port_) + path;
}

void HttpServer::release() {
  released_ = true;
  ::eventfd_write(bell_.get(), 1);
}

std::vector<HttpServer::Request> HttpServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void HttpServer::wait_for_open(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return open_ == count; });
}

HttpServer::Reply HttpServer::reply(int status, const std::string& body, const std::string& header_lines) {
  return {"HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n" + header_lines + "\r\n" + body};
}

void HttpServer::count_open() {
  const std::scoped_lock lock(mutex_);
  open_ = static_cast<int>(connections_.size());
  most_open_ = std::max(most_open_.load(), open_);
  changed_.notify_all();
}

void HttpServer::serve() {
  while (!ended_) {
    std::vector<pollfd> set{{bell_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& [socket, connection] : connections_) {
      const bool writes = !connection.out.empty() || !connection.more.empty();
      set.push_back({socket, static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0});
    }
    ::poll(set.data(), set.size(), -1);
    eventfd_t count = 0;
    ::eventfd_read(bell_.get(), &count);
    if (released_.exchange(false)) {
      for (auto& [socket, connection] : connections_) connection.out += std::exchange(connection.held, {});
    }
    for (std::size_t i = 2; i < set.size(); ++i) {
      if (set[i].revents == 0) continue;
      Connection& connection = connections_.at(set[i].fd);
      const bool readable = (set[i].revents & ~POLLOUT) != 0;
      if ((readable && !read(connection)) || !write(connection)) connections_.erase(set[i].fd);
    }
    if (set[1].revents != 0) accept();
    count_open();
  }
}

void HttpServer::accept() {
  FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return;
  ++accepted_;
  const int number = socket.get();
  connections_[number].socket = std::move(socket);
}

bool HttpServer::read(Connection& connection) {
  char buffer[16384];
  const ssize_t count = ::recv(connection.socket.get(), buffer, sizeof buffer, 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
  if (count > 0) connection.in.append(buffer, static_cast<std::size_t>(count));
  answer(connection);
  return true;
}

void HttpServer::answer(Connection& connection) {
  const std::size_t end = connection.in.find("\r\n\r\n");
  if (end == std::string::npos) return;
  Request request = parse(connection.in.substr(0, end + 2));
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  if (connection.in.size() < end + 4 + size) return;
  request.body = connection.in.substr(end + 4, size);
  connection.in.erase(0, end + 4 + size);
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
  }
  Reply reply = handler_(request);
  (reply.then == Reply::Then::hold ? connection.held : connection.out) += reply.bytes;
  connection.close = reply.then == Reply::Then::close;
  if (reply.then == Reply::Then::repeat) connection.more = std::move(reply.more);
}

bool HttpServer::write(Connection& connection) {
  if (connection.out.empty()) connection.out = connection.more;
  if (connection.out.empty()) return true;
  const ssize_t count =
      ::send(connection.socket.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN;
  sent_ += static_cast<std::uint64_t>(count);
  connection.out.erase(0, static_cast<std::size_t>(count));
  return !connection.out.empty() || !connection.close;
}

}  // namespace cloche::testing
