#pragma once

#include <cloche/future.h>
#include <cloche/reactor.h>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/multi.h"

namespace cloche::net {

class Client;

/// The right to have one request under way; goes back when the last copy of the pointer to it goes.
class Slot {
 public:
  explicit Slot(std::shared_ptr<Client> client) noexcept : client_(std::move(client)) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot();

  [[nodiscard]] Multi& multi() const noexcept;

 private:
  std::shared_ptr<Client> client_;
};

/// What one plugin has under way on one thread, and the connections it may use again. They are shared with
/// nobody, so that no plugin's request is answered with what another's left behind on a connection.
class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(Reactor& reactor, std::size_t slots) : multi_(reactor, slots), free_(slots) {}

  [[nodiscard]] Multi& multi() noexcept { return multi_; }
  /// In the order of asking.
  [[nodiscard]] Future<std::shared_ptr<Slot>> slot();

 private:
  friend class Slot;
  void give_back();

  Multi multi_;
  std::size_t free_;
  std::deque<Promise<std::shared_ptr<Slot>>> waiting_;
};

/// The clients of one thread: a service of its reactor. One that was not asked for since the sweep before
/// last, and has nothing under way, goes with its connections.
class Clients {
 public:
  explicit Clients(Reactor& reactor) : reactor_(reactor) {}
  [[nodiscard]] std::shared_ptr<Client> of(std::string_view plugin, std::size_t slots);

 private:
  struct Entry {
    std::shared_ptr<Client> client;
    bool asked_for = true;
  };
  void arm();
  void sweep();

  Reactor& reactor_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::unique_ptr<Reactor::Alarm> next_sweep_;
};

}  // namespace cloche::net
