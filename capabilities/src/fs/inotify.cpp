#include "fs/inotify.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cloche::fs {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB | IN_EXCL_UNLINK;

Happening::Kind kind_of(std::uint32_t mask) {
  if ((mask & IN_Q_OVERFLOW) != 0) return Happening::Kind::overflow;
  if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) return Happening::Kind::gone;
  if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) return Happening::Kind::created;
  if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) return Happening::Kind::removed;
  return Happening::Kind::changed;
}

}  // namespace

Inotify::Inotify(Reactor& reactor) : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!fd_) {
    error_ = errno;
    return;
  }
  auto watch = reactor.watch(fd_.get(), Reactor::Interest::read, [this](Reactor::Ready) { read_ready(); });
  if (watch) watch_ = std::move(*watch);
}

bool Inotify::is_watched(int descriptor) const {
  return std::ranges::any_of(subscriptions_,
                             [&](const auto& entry) { return entry.second.descriptor == descriptor; });
}

Result<std::uint64_t> Inotify::add(const FileDescriptor& file, Handler handler) {
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  const int descriptor = watch_ ? ::inotify_add_watch(fd_.get(), path.c_str(), kMask) : -1;
  if (descriptor < 0) {
    return Error(Errc::io, "cannot watch files: " + std::generic_category().message(watch_ ? errno : error_));
  }
  subscriptions_.emplace(++last_, Subscription{descriptor, std::move(handler)});
  return last_;
}

void Inotify::remove(std::uint64_t number) {
  const auto found = subscriptions_.find(number);
  if (found == subscriptions_.end()) return;
  const int descriptor = found->second.descriptor;
  subscriptions_.erase(found);
  if (!is_watched(descriptor)) ::inotify_rm_watch(fd_.get(), descriptor);
}

// Copies are called, for a handler may end its own subscription, or any other.
void Inotify::tell(int descriptor, const Happening& happening) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, subscription] : subscriptions_) {
    if (subscription.descriptor == descriptor || happening.kind == Happening::Kind::overflow)
      numbers.push_back(number);
  }
  for (const std::uint64_t number : numbers) {
    const auto found = subscriptions_.find(number);
    if (found == subscriptions_.end()) continue;
    const Handler handler = found->second.handler;
    handler(happening);
  }
}

void Inotify::read_ready() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
  for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
    inotify_event event;
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* const name = buffer.data() + at + sizeof event;
    tell(event.wd, {kind_of(event.mask), event.len == 0 ? std::string_view() : std::string_view(name)});
    at += sizeof event + event.len;
  }
}

}  // namespace cloche::fs
