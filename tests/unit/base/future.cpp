#include <cloche/future.h>
#include <doctest/doctest.h>

#include <thread>

namespace cloche {
namespace {

const Executor kInline = [](auto job) { job(); };

TEST_CASE("a future gives what its promise is settled with, across threads") {
  Promise<int> promise;
  Future<int> future = promise.future();
  CHECK_FALSE(future.ready());
  std::thread settler([promise] { promise.settle(7); });
  CHECK(future.get().value() == 7);
  settler.join();
}

TEST_CASE("the first answer counts") {
  const Promise<int> promise;
  Future<int> future = promise.future();
  promise.settle(1);
  promise.settle(2);
  CHECK(future.get().value() == 1);
}

TEST_CASE("a promise that is dropped answers that the call was cancelled") {
  std::optional<Promise<int>> promise(std::in_place);
  Future<int> future = promise->future();
  promise.reset();
  CHECK(future.get().error().code() == Errc::cancelled);
}

TEST_CASE("then hands the result to the executor, settled before or after") {
  int seen = 0;
  Future<int>(Result<int>(3)).then(kInline, [&](Result<int> result) { seen += *result; });
  const Promise<int> promise;
  promise.future().then(kInline, [&](Result<int> result) { seen += *result; });
  CHECK(seen == 3);
  promise.settle(4);
  CHECK(seen == 7);
}

TEST_CASE("a thread's own parker does the waiting") {
  struct Counting final : Parker {
    int parked = 0;
    std::function<void()> before_wake;
    void park(const std::function<void(std::function<void()> wake)>& arm) override {
      ++parked;
      bool woken = false;
      arm([&] { woken = true; });
      before_wake();
      CHECK(woken);
    }
  } parker;
  const Promise<int> promise;
  parker.before_wake = [&] { promise.settle(1); };
  Parker* const before = exchange_thread_parker(&parker);
  Future<int> future = promise.future();
  CHECK(future.get().value() == 1);
  exchange_thread_parker(before);
  CHECK(parker.parked == 1);
}

}  // namespace
}  // namespace cloche
