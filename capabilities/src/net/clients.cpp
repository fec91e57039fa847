#include "net/clients.h"

#include <chrono>
#include <iterator>
#include <utility>

namespace cloche::net {
namespace {

constexpr Duration kSweepEvery = std::chrono::seconds(15);

}  // namespace

Slot::~Slot() { client_->give_back(); }

Multi& Slot::multi() const noexcept { return client_->multi(); }

Future<std::shared_ptr<Slot>> Client::slot() {
  if (free_ > 0) {
    --free_;
    return Result<std::shared_ptr<Slot>>(std::make_shared<Slot>(shared_from_this()));
  }
  return waiting_.emplace_back().future();
}

// Who waits no longer lets go of the slot it is given at once, and then it is the next one's.
void Client::give_back() {
  ++free_;
  if (waiting_.empty()) return;
  const auto next = std::move(waiting_.front());
  waiting_.pop_front();
  --free_;
  next.settle(std::make_shared<Slot>(shared_from_this()));
}

std::shared_ptr<Client> Clients::of(std::string_view plugin, std::size_t slots) {
  auto found = entries_.find(plugin);
  if (found == entries_.end())
    found = entries_.emplace(plugin, Entry{std::make_shared<Client>(reactor_, slots)}).first;
  found->second.asked_for = true;
  if (!next_sweep_) arm();
  return found->second.client;
}

void Clients::arm() {
  next_sweep_ = reactor_.after(kSweepEvery, [this] {
    const auto rung = std::move(next_sweep_);
    sweep();
  });
}

void Clients::sweep() {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const bool asked_for = std::exchange(entry->second.asked_for, false);
    entry = asked_for || entry->second.client.use_count() > 1 ? std::next(entry) : entries_.erase(entry);
  }
  if (!entries_.empty()) arm();
}

}  // namespace cloche::net
