// Who runs next: the queue of ready fibers, with a clock of the test's own.
#include "balance.h"
#include "loop/ready_queue.h"
#include "loop/rounds.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace cloche;
using namespace cloche::loop;
using namespace std::chrono_literals;

namespace {

constexpr auto kSlice = 4ms;

// One who runs on a share of its own, and what it has had.
struct Runnable {
  explicit Runnable(Rank rank = Rank::background, std::uint32_t weight = Share::kStandardWeight)
      : share(weight), place({&share, rank}) {}
  Share share;
  Place place;
  std::chrono::nanoseconds had{};
};

// A thread that runs what the queue says. To be declared after those it runs, whom its queue lets go.
class Thread {
 public:
  void wake(Runnable& one) {
    all_.push_back(&one);
    queue.push(one.place);
  }

  // Lets the next one run for a while; it waits for something afterwards.
  Runnable& run(std::chrono::nanoseconds span) {
    Place* place = queue.pop(now_);
    REQUIRE(place != nullptr);
    now_ += span;
    for (Runnable* one : all_) {
      if (&one->place != place) continue;
      one->share.charge(span);
      one->had += span;
      return *one;
    }
    throw std::logic_error("a place nobody put in");
  }

  // The same; it goes on as soon as it may.
  Runnable& run_and_yield(std::chrono::nanoseconds span) {
    Runnable& one = run(span);
    one.place.yields();
    queue.push(one.place);
    return one;
  }

  ReadyQueue queue{kSlice};

 private:
  TimePoint now_{};
  std::vector<Runnable*> all_;
};

double part(const Runnable& one, std::chrono::nanoseconds of) {
  return std::chrono::duration<double>(one.had) / std::chrono::duration<double>(of);
}

}  // namespace

TEST_CASE("the loop's own fibers go first, then interactive ones, then those of the background") {
  Runnable background(Rank::background), interactive(Rank::interactive), server(Rank::first);
  Thread thread;
  for (Runnable* one : {&background, &interactive, &server}) thread.wake(*one);
  CHECK(&thread.run(1us) == &server);
  CHECK(&thread.run(1us) == &interactive);
  CHECK(&thread.run(1us) == &background);
  CHECK(thread.queue.empty());
  CHECK(thread.queue.pop(TimePoint{}) == nullptr);
}

TEST_CASE("of one rank, who has computed least goes first, and equal ones in the order they came") {
  Runnable a, b, c;
  Thread thread;
  for (Runnable* one : {&a, &b, &c}) thread.wake(*one);
  CHECK(&thread.run_and_yield(3us) == &a);
  CHECK(&thread.run_and_yield(1us) == &b);
  CHECK(&thread.run_and_yield(2us) == &c);
  CHECK(&thread.run_and_yield(5us) == &b);
  CHECK(&thread.run_and_yield(5us) == &c);
  CHECK(&thread.run_and_yield(5us) == &a);
}

TEST_CASE("who computes all the time gets a part by weight, however uneven the turns are") {
  Runnable light(Rank::background, 50), standard, heavy(Rank::background, 850);
  Thread thread;
  for (Runnable* one : {&light, &standard, &heavy}) thread.wake(*one);
  std::chrono::nanoseconds all{};
  for (int i = 0; i < 5000; ++i) {
    const auto span = kSlice + 100us * (i % 7);
    thread.run_and_yield(span);
    all += span;
  }
  CHECK(part(light, all) == doctest::Approx(0.05).epsilon(0.02));
  CHECK(part(standard, all) == doctest::Approx(0.10).epsilon(0.02));
  CHECK(part(heavy, all) == doctest::Approx(0.85).epsilon(0.02));
}

TEST_CASE("a share counts whichever of its fibers ran") {
  Runnable twice, once;
  Place second({&twice.share, Rank::background});
  Thread thread;
  thread.wake(twice);
  thread.wake(once);
  CHECK(&thread.run(2ms) == &twice);
  thread.queue.push(second);  // woken after the other had run
  CHECK(&thread.run(1ms) == &once);
  CHECK(thread.queue.pop(TimePoint{} + 3ms) == &second);
}

TEST_CASE("virtual time that grows while a fiber is ready counts when it is chosen") {
  Runnable ahead, behind;
  Thread thread;
  thread.wake(ahead);
  thread.wake(behind);
  ahead.share.charge(1ms);  // by another fiber of its instance
  CHECK(&thread.run(1us) == &behind);
}

TEST_CASE("who waited for long has saved nothing up") {
  Runnable busy, late;
  Thread thread;
  thread.wake(busy);
  for (int i = 0; i < 1000; ++i) thread.run_and_yield(kSlice);
  thread.wake(late);
  const auto before = busy.had;
  for (int i = 0; i < 100; ++i) thread.run_and_yield(kSlice);
  CHECK(late.had <= 52 * kSlice);
  CHECK(busy.had - before >= 48 * kSlice);
}

TEST_CASE("who wakes while another runs has saved nothing up either") {
  Runnable busy, late;
  Thread thread;
  thread.wake(busy);
  for (int i = 0; i < 1000; ++i) thread.run_and_yield(kSlice);
  CHECK(&thread.run(kSlice) == &busy);  // and goes on running
  thread.wake(late);
  CHECK(late.share.virtual_time() == busy.share.virtual_time());
}

TEST_CASE("a stream of interactive work leaves the background a sixth, in whole slices") {
  Runnable caller(Rank::interactive), background;
  Thread thread;
  thread.wake(caller);
  thread.wake(background);
  std::chrono::nanoseconds all{};
  int slices = 0;
  for (int i = 0; i < 10000; ++i) {
    const Runnable& ran = thread.run_and_yield(1ms);
    all += 1ms;
    slices += &ran == &background ? 1 : 0;
  }
  CHECK(part(background, all) == doctest::Approx(1.0 / 6).epsilon(0.05));
  CHECK(slices > 0);
}

TEST_CASE("background work that gets what it is owed is known to, other work is not") {
  Runnable caller(Rank::interactive), background;
  Thread thread;
  thread.wake(background);
  CHECK(&thread.run(1ms) == &background);
  CHECK_FALSE(thread.queue.owed());
  thread.queue.push(background.place);
  thread.wake(caller);
  CHECK(&thread.run(ReadyQueue::kPatience * kSlice) == &caller);
  thread.queue.push(caller.place);
  CHECK(&thread.run(1ms) == &background);
  CHECK(thread.queue.owed());
  CHECK(&thread.run(1ms) == &caller);
  CHECK_FALSE(thread.queue.owed());
}

TEST_CASE("interactive work is owed nothing for the time when there was no background work") {
  Runnable caller(Rank::interactive), background;
  Thread thread;
  thread.wake(caller);
  for (int i = 0; i < 100; ++i) thread.run_and_yield(kSlice);
  thread.wake(background);
  CHECK(&thread.run_and_yield(kSlice) == &caller);
}

TEST_CASE("a fiber that is ready can be raised") {
  Runnable a, b;
  Thread thread;
  thread.wake(a);
  thread.wake(b);
  thread.queue.move(b.place, Rank::interactive);
  CHECK(&thread.run(1us) == &b);
  thread.queue.move(b.place, Rank::background);  // it is not in the queue now
  CHECK(b.place.standing().rank == Rank::background);
  CHECK(&thread.run(1us) == &a);
  CHECK(thread.queue.empty());
}

TEST_CASE("the queues of an event loop are served in rounds") {
  Rounds<std::string, 3> rounds;
  rounds.push(1, "timer 1");
  rounds.push(0, "call 1");
  rounds.push(0, "call 2");
  rounds.push(2, "task 1");
  std::vector<std::string> order;
  while (!rounds.empty()) {
    order.push_back(rounds.take());
    if (order.back() == "call 1") rounds.push(0, "call 3");   // comes into the next round
    if (order.back() == "call 2") rounds.push(1, "timer 2");  // comes in time for this one
  }
  CHECK(order == std::vector<std::string>{"call 1", "call 2", "timer 1", "timer 2", "task 1", "call 3"});
}

TEST_CASE("what is left in an event loop's queues can be taken out at once") {
  Rounds<int, 2> rounds;
  for (const int i : {1, 2, 3}) rounds.push(static_cast<std::size_t>(i % 2), i);
  CHECK(rounds.take_all().size() == 3);
  CHECK(rounds.empty());
}

TEST_CASE(
    "a new instance goes to the worker that computes least, of equal ones to that with the fewest "
    "instances") {
  const TimePoint begin{};
  Balance balance(3, begin);
  CHECK(balance.choose(std::vector<WorkerLoad>{{2, 0ms}, {1, 0ms}, {2, 0ms}}, begin) == 1);
  // The second worker computed all the time, the third a little of it.
  const std::vector<WorkerLoad> busy{{9, 0ms}, {1, 1000ms}, {3, 40ms}};
  CHECK(balance.choose(busy, begin + 50ms) == 1);  // too early to tell
  CHECK(balance.choose(busy, begin + 1000ms) == 2);
  CHECK(balance.choose(busy, begin + 1010ms) == 2);
  // It rests since.
  CHECK(balance.choose(busy, begin + 2000ms) == 1);
}
