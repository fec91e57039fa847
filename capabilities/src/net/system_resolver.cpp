#include <cloche/resolver.h>

#include <deque>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

#include "net/address.h"

namespace cloche {
namespace {

using Addresses = std::vector<std::string>;

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

Result<Addresses> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  if (code != 0) return Error(Errc::io, "the host '" + host + "' was not found: " + ::gai_strerror(code));
  Addresses addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (const auto address = net::Address::of(*entry->ai_addr)) addresses.push_back(address->text());
  }
  return addresses;
}

// The names that wait, shared with the threads, which may outlast the resolver: a look-up cannot be called
// off.
class Queue : public std::enable_shared_from_this<Queue> {
 public:
  explicit Queue(std::size_t threads) : threads_(threads) {}

  Future<Addresses> add(std::string host) {
    const std::scoped_lock lock(mutex_);
    auto future = jobs_.emplace_back(std::move(host), Promise<Addresses>()).second.future();
    if (working_ < threads_ && begin_thread()) ++working_;
    return future;
  }

  void close() {
    std::deque<Job> dropped;
    const std::scoped_lock lock(mutex_);
    dropped.swap(jobs_);
  }

 private:
  using Job = std::pair<std::string, Promise<Addresses>>;

  bool begin_thread() {
    try {
      std::thread([self = shared_from_this()] { self->work(); }).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  // A thread goes when there is nothing more to do: names are looked up in bursts.
  void work() {
    while (auto job = next()) job->second.settle(look_up(job->first));
  }

  std::optional<Job> next() {
    const std::scoped_lock lock(mutex_);
    if (jobs_.empty()) {
      --working_;
      return std::nullopt;
    }
    std::optional<Job> job(std::move(jobs_.front()));
    jobs_.pop_front();
    return job;
  }

  const std::size_t threads_;
  std::mutex mutex_;
  std::size_t working_ = 0;
  std::deque<Job> jobs_;
};

class SystemResolver final : public Resolver {
 public:
  explicit SystemResolver(std::size_t threads) : queue_(std::make_shared<Queue>(threads)) {}
  ~SystemResolver() override { queue_->close(); }
  Future<Addresses> resolve(std::string_view host) override { return queue_->add(std::string(host)); }

 private:
  std::shared_ptr<Queue> queue_;
};

}  // namespace

std::shared_ptr<Resolver> system_resolver(std::size_t threads) {
  return std::make_shared<SystemResolver>(threads);
}

}  // namespace cloche
