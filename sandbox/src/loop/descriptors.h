#pragma once

#include <cloche/directory.h>
#include <cloche/reactor.h>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace cloche::loop {

/// Descriptors that one thread waits for, and what is to be done when they are ready. The set is a descriptor
/// itself, readable while one of them is ready: epoll(7), level-triggered.
class Descriptors {
 public:
  using Id = std::uint64_t;

  /// Throws std::system_error when no descriptor is left.
  Descriptors();

  [[nodiscard]] int handle() const noexcept { return epoll_.get(); }
  [[nodiscard]] bool empty() const noexcept { return watched_.empty(); }

  [[nodiscard]] Result<Id> add(int descriptor, Reactor::Interest interest,
                               std::function<void(Reactor::Ready)> ready);
  void change(Id id, Reactor::Interest interest);
  void remove(Id id);

  /// Calls those that are ready now; false when none is. They may add and remove any.
  bool dispatch();

 private:
  struct Watched {
    int descriptor;
    Reactor::Interest interest;
    std::function<void(Reactor::Ready)> ready;
  };

  FileDescriptor epoll_;
  Id last_ = 0;
  std::unordered_map<Id, std::shared_ptr<Watched>> watched_;
};

}  // namespace cloche::loop
