#include "loop/loop.h"

#include "loop/scheduler.h"
#include "loop/signal.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/fiber/algo/round_robin.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/protected_fixedsize_stack.hpp>
#include <cloche/directory.h>
#include <cstdint>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace cloche::loop {
namespace {

constexpr std::size_t kFiberStack = 256 * 1024;  // touched pages alone take memory

thread_local Loop* t_loop = nullptr;

}  // namespace

// Where an idle thread sleeps. The io_context wakes it; the three descriptors wake a foreign event loop that polls for it.
struct Loop::Reactor {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  FileDescriptor poll{::epoll_create1(EPOLL_CLOEXEC)};
  FileDescriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  FileDescriptor timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};

  Reactor() {
    if (!poll || !event || !timer) throw std::runtime_error("no file descriptors are left for an event loop");
    for (const int fd : {event.get(), timer.get()}) {
      epoll_event interest{};
      interest.events = EPOLLIN;
      interest.data.fd = fd;
      ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &interest);
    }
  }

  void raise() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);
  }
  void lower() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] auto got = ::read(event.get(), &count, sizeof count);
    got = ::read(timer.get(), &count, sizeof count);
  }
};

Loop::Loop() : reactor_(std::make_unique<Reactor>()) {
  boost::fibers::use_scheduling_algorithm<Scheduler>(std::ref(*this));
  outer_loop_ = std::exchange(t_loop, this);
  outer_parker_ = exchange_thread_parker(this);
}

Loop::~Loop() {
  while (fibers_ > 0) yield();
  boost::fibers::use_scheduling_algorithm<boost::fibers::algo::round_robin>();
  exchange_thread_parker(outer_parker_);
  t_loop = outer_loop_;
}

Loop* Loop::current() noexcept { return t_loop; }

void Loop::post(std::function<void()> job) {
  posted_.fetch_add(1, std::memory_order_release);
  boost::asio::post(reactor_->context, [this, job = std::move(job)] {
    posted_.fetch_sub(1, std::memory_order_relaxed);
    job();
  });
  reactor_->raise();
}

void Loop::spawn(std::function<void()> body) {
  ++fibers_;
  boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, boost::fibers::protected_fixedsize_stack(kFiberStack),
                       [this, body = std::move(body)] {
                         body();
                         --fibers_;
                       })
      .detach();
}

void Loop::yield() { boost::this_fiber::yield(); }

bool Loop::poll(std::chrono::microseconds budget) {
  reactor_->lower();
  const TimePoint deadline = after(Clock::now(), budget);
  poll_deadline_.store(deadline.time_since_epoch().count(), std::memory_order_relaxed);
  yield();
  poll_deadline_.store(TimePoint::max().time_since_epoch().count(), std::memory_order_relaxed);
  const bool more = others_ready() || timers_.next() <= Clock::now();
  if (more) reactor_->raise();
  arm_wake_handle();
  return more;
}

// The timer descriptor is due when the first timer is.
void Loop::arm_wake_handle() {
  itimerspec when{};
  const TimePoint next = timers_.next();
  if (next != TimePoint::max()) {
    const auto span = std::max<std::chrono::nanoseconds>(next - Clock::now(), std::chrono::nanoseconds(1));
    when.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    when.it_value.tv_nsec = (span % std::chrono::seconds(1)).count();
  }
  ::timerfd_settime(reactor_->timer.get(), 0, &when, nullptr);
}

int Loop::wake_handle() const noexcept { return reactor_->poll.get(); }

TimePoint Loop::poll_deadline() const noexcept {
  return TimePoint(TimePoint::duration(poll_deadline_.load(std::memory_order_relaxed)));
}

bool Loop::poll_is_over() const noexcept {
  const TimePoint deadline = poll_deadline();
  return deadline != TimePoint::max() && Clock::now() >= deadline;
}

// Runs posted jobs and due timers: called whenever a fiber stops running.
void Loop::serve() noexcept {
  if (posted_.load(std::memory_order_acquire) > 0) reactor_->context.poll();
  if (timers_.next() != TimePoint::max()) timers_.run_due(Clock::now());
}

void Loop::sleep_until(TimePoint deadline) noexcept {
  if (posted_.load(std::memory_order_acquire) > 0) return;
  if (deadline == TimePoint::max()) {
    reactor_->context.run_one();
  } else {
    reactor_->context.run_one_until(deadline);
  }
}

void Loop::wake() noexcept {
  boost::asio::post(reactor_->context, [] {});
  reactor_->raise();
}

void Loop::park(const std::function<void(std::function<void()> wake)>& arm) {
  // Shared with the waker, which may come late or twice.
  auto signal = std::make_shared<Signal>(*this);
  arm([this, signal] {
    if (t_loop == this) {
      signal->notify();
    } else {
      post([signal] { signal->notify(); });
    }
  });
  signal->wait();
}

}  // namespace cloche::loop
