#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

namespace cloche::loop {

/// N queues that are served in rounds: a round takes from each, in their order, what was in it when the round
/// came there. So the first go first, and none keeps another waiting for ever.
template <class T, std::size_t N>
class Rounds {
 public:
  void push(std::size_t queue, T item) {
    queues_[queue].push_back(std::move(item));
    ++size_;
  }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The next one, taken out; there must be one.
  [[nodiscard]] T take() {
    while (left_ == 0) {
      at_ = (at_ + 1) % N;
      left_ = queues_[at_].size();
    }
    T item = std::move(queues_[at_].front());
    queues_[at_].pop_front();
    --left_;
    --size_;
    return item;
  }

  [[nodiscard]] std::vector<T> take_all() {
    std::vector<T> all;
    all.reserve(size_);
    while (!empty()) all.push_back(take());
    return all;
  }

 private:
  std::array<std::deque<T>, N> queues_;
  std::size_t at_ = N - 1;
  std::size_t left_ = 0;  // of the queue the round is at
  std::size_t size_ = 0;
};

}  // namespace cloche::loop
