#include "loop/descriptors.h"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>
#include <utility>

namespace cloche::loop {
namespace {

using Interest = Reactor::Interest;

bool wants(Interest interest, Interest what) {
  return (static_cast<unsigned>(interest) & static_cast<unsigned>(what)) != 0;
}

epoll_event event_of(Descriptors::Id id, Interest interest) {
  epoll_event event{};
  if (wants(interest, Interest::read)) event.events |= EPOLLIN | EPOLLRDHUP;
  if (wants(interest, Interest::write)) event.events |= EPOLLOUT;
  event.data.u64 = id;
  return event;
}

}  // namespace

Descriptors::Descriptors() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Result<Descriptors::Id> Descriptors::add(int descriptor, Interest interest,
                                         std::function<void(Reactor::Ready)> ready) {
  const Id id = ++last_;
  epoll_event event = event_of(id, interest);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
    return Error(Errc::io, "a descriptor cannot be watched: " + std::generic_category().message(errno));
  watched_.emplace(id, std::make_shared<Watched>(Watched{descriptor, interest, std::move(ready)}));
  return id;
}

void Descriptors::change(Id id, Interest interest) {
  const auto found = watched_.find(id);
  if (found == watched_.end() || found->second->interest == interest) return;
  found->second->interest = interest;
  epoll_event event = event_of(id, interest);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, found->second->descriptor, &event);
}

void Descriptors::remove(Id id) {
  const auto node = watched_.extract(id);
  if (node) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, node.mapped()->descriptor, nullptr);
}

bool Descriptors::dispatch() {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto found = watched_.find(event.data.u64);
    if (found == watched_.end()) continue;
    const auto watched = found->second;  // it may remove itself
    const bool over = (event.events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0;
    watched->ready({wants(watched->interest, Interest::read) && (over || (event.events & EPOLLIN) != 0),
                    wants(watched->interest, Interest::write) && (over || (event.events & EPOLLOUT) != 0)});
  }
  return count > 0;
}

}  // namespace cloche::loop
