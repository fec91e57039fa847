#include "loop/ready_queue.h"

#include <limits>
#include <utility>

namespace cloche::loop {

Share& ReadyQueue::share_of(const Place& place) noexcept {
  return place.standing_.share != nullptr ? *place.standing_.share : host_;
}

void ReadyQueue::push(Place& place) noexcept {
  raise_floor();
  const bool waited = !std::exchange(place.yields_, false);
  if (waited && place.standing_.rank != Rank::first) share_of(place).catch_up(floor_);
  place.number_ = ++last_number_;
  insert(place);
}

void ReadyQueue::insert(Place& place) noexcept {
  place.key_ = key_of(place);
  tree(place.standing_.rank).insert(place);
}

std::uint64_t ReadyQueue::key_of(const Place& place) noexcept {
  return place.standing_.rank == Rank::first ? 0 : share_of(place).virtual_time();
}

Place* ReadyQueue::pop(TimePoint now) noexcept {
  rest(now);
  raise_floor();
  if (empty()) return nullptr;
  Place& next = take_least(tree(choose()));
  begin(next);
  return &next;
}

// Counts what ran until now.
void ReadyQueue::rest(TimePoint now) noexcept {
  const auto ran = now - since_;
  since_ = now;
  if (running_ == &host_) host_.charge(ran);
  if (running_rank_ == Rank::interactive) interactive_time_ += ran;
  if (running_rank_ == Rank::background) background_time_ += ran;
  running_ = nullptr;
  running_rank_ = Rank::first;
  owed_ = false;
}

void ReadyQueue::begin(const Place& place) noexcept {
  running_rank_ = place.standing_.rank;
  if (running_rank_ != Rank::first) running_ = &share_of(place);
}

Rank ReadyQueue::choose() noexcept {
  const bool waits = !tree(Rank::background).empty();
  if (!waits || background_time_ >= slice_) interactive_time_ = background_time_ = {};
  if (!tree(Rank::first).empty()) return Rank::first;
  owed_ = waits && interactive_time_ >= kPatience * slice_;
  return owed_ || tree(Rank::interactive).empty() ? Rank::background : Rank::interactive;
}

// A share's virtual time only grows. So what stands first by a key that is still right is the least of all;
// one whose share has moved on since is put where it belongs now.
Place& ReadyQueue::take_least(Tree& tree) noexcept {
  for (;;) {
    Place& first = *tree.begin();
    tree.erase(tree.begin());
    if (key_of(first) <= first.key_) return first;
    insert(first);
  }
}

void ReadyQueue::raise_floor() noexcept {
  constexpr std::uint64_t kNobody = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t least = running_ != nullptr ? running_->virtual_time() : kNobody;
  for (const Rank rank : {Rank::interactive, Rank::background}) {
    if (const Tree& ready = tree(rank); !ready.empty()) least = std::min(least, ready.begin()->key_);
  }
  if (least != kNobody) floor_ = std::max(floor_, least);
}

void ReadyQueue::move(Place& place, Rank rank) noexcept {
  if (place.standing_.rank == rank) return;
  const bool queued = place.hook_.is_linked();
  if (queued) tree(place.standing_.rank).erase(Tree::s_iterator_to(place));
  place.standing_.rank = rank;
  if (queued) insert(place);
}

void ReadyQueue::forget(const Share& share) noexcept {
  if (running_ == &share) running_ = nullptr;
}

bool ReadyQueue::empty() const noexcept {
  return std::ranges::all_of(trees_, [](const Tree& ready) { return ready.empty(); });
}

}  // namespace cloche::loop
