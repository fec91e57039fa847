#pragma once

#include <cloche/result.h>
#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace cloche {

/// Given what wakes a thread or fiber that is about to wait, sees to it that it is called, from any thread, at
/// least once.
using Parking = std::function<void(std::function<void()> wake)>;

/// How a thread waits. A thread that runs fibers installs its own, which parks the fiber; others block.
class Parker {
 public:
  virtual ~Parker() = default;
  /// Calls `arm` and returns once `wake` was called; or earlier, when whoever waits is to give up.
  virtual void park(const Parking& arm) = 0;
};

/// The calling thread's Parker: never null.
Parker& this_thread_parker() noexcept;

/// Makes `parker` the calling thread's; null restores the one that blocks. Returns the one before, or null.
Parker* exchange_thread_parker(Parker* parker) noexcept;

namespace detail {

template <class T>
class FutureState {
 public:
  void settle(Result<T> result) {
    std::vector<std::function<void()>> waiting;
    {
      const std::scoped_lock lock(mutex_);
      if (result_) return;  // the first answer counts
      result_.emplace(std::move(result));
      waiting.swap(waiting_);
    }
    for (auto& continuation : waiting) continuation();
  }

  [[nodiscard]] bool ready() const {
    const std::scoped_lock lock(mutex_);
    return result_.has_value();
  }

  /// Calls `continuation` when settled: at once when that has been, else on the thread that settles.
  void when_ready(std::function<void()> continuation) {
    {
      const std::scoped_lock lock(mutex_);
      if (!result_) {
        waiting_.push_back(std::move(continuation));
        return;
      }
    }
    continuation();
  }

  Result<T> take() {
    const std::scoped_lock lock(mutex_);
    return std::move(*result_);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Result<T>> result_;
  std::vector<std::function<void()>> waiting_;
};

}  // namespace detail

/// Something to run a continuation: given a job, it runs it, now or later, on a thread of its choice. A GUI
/// passes `[](auto job) { QMetaObject::invokeMethod(qApp, std::move(job)); }`.
using Executor = std::function<void(std::function<void()>)>;

/// A result that may still be on its way. Move-only; consumed by `get`, `then` or `co_await`, once. Dropping
/// a Future does not cancel what it waits for. May be moved between threads, and used by one at a time.
template <class T>
class [[nodiscard]] Future {
 public:
  /// One that is already there.
  Future(Result<T> result) : state_(std::move(result)) {}
  explicit Future(std::shared_ptr<detail::FutureState<T>> state) : state_(std::move(state)) {}
  Future(Future&&) noexcept = default;
  Future& operator=(Future&&) noexcept = default;

  [[nodiscard]] bool ready() const {
    const auto* shared = std::get_if<Shared>(&state_);
    return shared == nullptr || (*shared)->ready();
  }

  /// Waits and gives the result: a plain thread blocks, a fiber of Cloche's parks. In a host function whose
  /// plugin is unloaded meanwhile, it waits no longer and answers `cancelled`.
  [[nodiscard]] Result<T> get() { return get(this_thread_parker()); }
  /// The same, waiting as `parker` does.
  [[nodiscard]] Result<T> get(Parker& parker) {
    if (auto* result = std::get_if<Result<T>>(&state_)) return std::move(*result);
    Shared& shared = std::get<Shared>(state_);
    if (!shared->ready()) {
      parker.park([&](std::function<void()> wake) { shared->when_ready(std::move(wake)); });
      if (!shared->ready()) return Error(Errc::cancelled, "the wait was ended before there was an answer");
    }
    return shared->take();
  }

  /// Hands the result to `f(Result<T>)`, run by `executor`. What `f` returns is dropped.
  template <class F>
  void then(Executor executor, F f) {
    if (auto* result = std::get_if<Result<T>>(&state_)) {
      auto held = std::make_shared<Result<T>>(std::move(*result));
      executor([held, f = std::move(f)]() mutable { f(std::move(*held)); });
      return;
    }
    Shared shared = std::get<Shared>(std::move(state_));
    shared->when_ready([shared, executor = std::move(executor), f = std::move(f)]() mutable {
      executor([shared, f = std::move(f)]() mutable { f(shared->take()); });
    });
  }

  /// `co_await future` gives the Result<T>. The coroutine goes on, on the thread that settles the future.
  auto operator co_await() && {
    struct Awaiter {
      Future future;
      [[nodiscard]] bool await_ready() const { return future.ready(); }
      void await_suspend(std::coroutine_handle<> handle) {
        std::get<Shared>(future.state_)->when_ready([handle] { handle.resume(); });
      }
      Result<T> await_resume() { return future.get(); }
    };
    return Awaiter{std::move(*this)};
  }

 private:
  using Shared = std::shared_ptr<detail::FutureState<T>>;
  std::variant<Result<T>, Shared> state_;
};

/// The other end of a Future. Copies settle the same future; the first answer counts. When the last copy goes
/// without an answer, the future answers `cancelled`.
template <class T>
class Promise {
 public:
  Promise() : shared_(std::make_shared<Guard>()) {}

  /// The future of this promise.
  Future<T> future() const { return Future<T>(shared_->state); }
  void settle(Result<T> result) const { shared_->state->settle(std::move(result)); }

 private:
  struct Guard {
    std::shared_ptr<detail::FutureState<T>> state = std::make_shared<detail::FutureState<T>>();
    Guard() = default;
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { state->settle(Error(Errc::cancelled, "the call was dropped before it was answered")); }
  };
  std::shared_ptr<Guard> shared_;
};

}  // namespace cloche
