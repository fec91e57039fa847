#pragma once

#include "loop/clock.h"
#include "loop/share.h"

#include <array>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace cloche::loop {

/// What a ready fiber runs before: a rank goes before those below it.
enum class Rank : std::uint8_t {
  first,        ///< the loop's own server and the host's own main fiber: short, and others wait for them
  interactive,  ///< somebody waits for it
  background,
};

/// On whose account a fiber runs, and how urgently. No share: on the host's own.
struct Standing {
  Share* share = nullptr;
  Rank rank = Rank::interactive;
};

/// One fiber's place among those that are ready.
class Place {
 public:
  explicit Place(const Standing& standing = {}) noexcept : standing_(standing) {}
  [[nodiscard]] const Standing& standing() const noexcept { return standing_; }
  /// While it is not in a queue.
  Standing exchange(const Standing& standing) noexcept { return std::exchange(standing_, standing); }
  /// It is put in next because it yields: it waits for nothing, so what its share is owed stays owed.
  void yields() noexcept { yields_ = true; }

 private:
  friend class ReadyQueue;
  using Hook = boost::intrusive::set_member_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>>;

  Standing standing_;
  Hook hook_;
  std::uint64_t key_ = 0;     // the share's virtual time when it was put in; it may have grown since
  std::uint64_t number_ = 0;  // in which order they came
  bool yields_ = false;
};

/// The fibers that are ready, in the order in which they are to run: by rank, in a rank by their shares'
/// virtual time, and at the same time first in, first out. Two rules keep that fair:
///
/// - Who comes back from waiting starts at the least virtual time of those who are there, so that idling saves
///   nothing up.
/// - Background work that waits while interactive work has run for `kPatience` slices is owed a slice, and
///   gets it before anything interactive. So the interactive never have more than kPatience parts of
///   kPatience + 1.
///
/// Places and shares are not owned. Boost.Fiber knows nothing of it, and the time comes in as an argument.
class ReadyQueue {
 public:
  static constexpr int kPatience = 5;

  explicit ReadyQueue(std::chrono::nanoseconds slice) noexcept : slice_(slice) {}

  void push(Place& place) noexcept;
  /// The place that runs next, taken out; null when there is none.
  [[nodiscard]] Place* pop(TimePoint now) noexcept;
  /// Something runs that was never in here.
  void rest(TimePoint now) noexcept;
  /// Gives a place another rank, whether or not it is in here.
  void move(Place& place, Rank rank) noexcept;
  /// `share` is about to be destroyed.
  void forget(const Share& share) noexcept;

  [[nodiscard]] bool empty() const noexcept;
  /// Whether what runs now is background work that gets what it was owed: nothing is to cut its slice short.
  [[nodiscard]] bool owed() const noexcept { return owed_; }

 private:
  struct Earlier {
    bool operator()(const Place& a, const Place& b) const noexcept {
      return a.key_ != b.key_ ? a.key_ < b.key_ : a.number_ < b.number_;
    }
  };
  using Tree =
      boost::intrusive::set<Place, boost::intrusive::member_hook<Place, Place::Hook, &Place::hook_>,
                            boost::intrusive::compare<Earlier>, boost::intrusive::constant_time_size<false>>;

  [[nodiscard]] Tree& tree(Rank rank) noexcept { return trees_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] Share& share_of(const Place& place) noexcept;
  [[nodiscard]] std::uint64_t key_of(const Place& place) noexcept;
  void insert(Place& place) noexcept;
  [[nodiscard]] Place& take_least(Tree& tree) noexcept;
  [[nodiscard]] Rank choose() noexcept;
  void begin(const Place& place) noexcept;
  void raise_floor() noexcept;

  const std::chrono::nanoseconds slice_;
  Share host_;  // of fibers that belong to no instance; they are timed from pop to pop
  std::array<Tree, 3> trees_;
  std::uint64_t last_number_ = 0;
  std::uint64_t floor_ = 0;  // the least virtual time of all who wanted to run when it was last looked at

  Share* running_ = nullptr;
  Rank running_rank_ = Rank::first;
  TimePoint since_{};  // from when it runs
  bool owed_ = false;
  // How long either ran since background work last had a slice, while there was some.
  std::chrono::nanoseconds interactive_time_{};
  std::chrono::nanoseconds background_time_{};
};

}  // namespace cloche::loop
