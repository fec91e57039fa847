#pragma once

#include <chrono>
#include <cloche/call.h>
#include <string>
#include <utility>

namespace cloche::net {

/// A moment by which something is to be done.
class Deadline {
 public:
  /// `what` begins the sentence of the error: "the request of 'https://…'".
  Deadline(Duration span, std::string what)
      : span_(span), at_(std::chrono::steady_clock::now() + span), what_(std::move(what)) {}

  /// Waits for `future` as `Call::wait` does, and no longer than until then. Error, besides: `io`.
  template <class T>
  [[nodiscard]] Result<T> wait(Call& call, Future<T> future) const {
    if (future.ready()) return call.wait(std::move(future));
    const Promise<T> first;
    const auto alarm =
        call.reactor().after(at_ - std::chrono::steady_clock::now(), [&] { first.settle(passed()); });
    future.then([](const auto& job) { job(); },
                [first](Result<T> result) { first.settle(std::move(result)); });
    return call.wait(first.future());
  }

 private:
  [[nodiscard]] Error passed() const {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(span_).count();
    return {Errc::io, what_ + " took longer than the " + std::to_string(milliseconds) + " ms it was given"};
  }

  const Duration span_;
  const std::chrono::steady_clock::time_point at_;
  const std::string what_;
};

}  // namespace cloche::net
