#include "loop/loop.h"

#include "loop/fiber_stack.h"
#include "loop/scheduler.h"
#include "loop/signal.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/fiber/algo/round_robin.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <cloche/directory.h>
#include <cstdint>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cloche::loop {

using boost::fibers::context;

namespace {

thread_local Loop* t_loop = nullptr;

}  // namespace

// Where an idle thread sleeps. The io_context wakes it; the three descriptors wake a foreign event loop that
// polls for it.
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
}

Loop::~Loop() {
  while (fibers_ > 0) yield();
  stopping_ = true;
  if (std::exchange(server_idle_, false)) context::active()->schedule(server_);
  while (servers_ > 0) yield();
  while (posting_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  boost::fibers::use_scheduling_algorithm<boost::fibers::algo::round_robin>();
  t_loop = outer_loop_;
}

Loop* Loop::current() noexcept { return t_loop; }

void Loop::post(std::function<void()> job) {
  posting_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    posted_.fetch_add(1, std::memory_order_release);
  }
  wake();
  posting_.fetch_sub(
      1,
      std::
          memory_order_release);  // the job may have ended the Loop's life: nothing of it is touched after this
}

void Loop::spawn(std::function<void()> body) {
  ++fibers_;
  boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, FiberStack(),
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
  armed_ = TimePoint::min();  // its descriptor was lowered above: arm it anew
  refresh_wake_handle();
  return others_ready() || timers_.next() <= Clock::now();
}

void Loop::refresh_wake_handle() noexcept {
  if (!watched_) return;
  if (others_ready()) reactor_->raise();
  if (timers_.next() != armed_) arm_wake_handle();
}

// The timer descriptor is due when the first timer is.
void Loop::arm_wake_handle() noexcept {
  itimerspec when{};
  const TimePoint next = timers_.next();
  armed_ = next;
  if (next != TimePoint::max()) {
    const auto span = std::max<std::chrono::nanoseconds>(next - Clock::now(), std::chrono::nanoseconds(1));
    when.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    when.it_value.tv_nsec = (span % std::chrono::seconds(1)).count();
  }
  ::timerfd_settime(reactor_->timer.get(), 0, &when, nullptr);
}

int Loop::wake_handle() noexcept {
  if (!std::exchange(watched_, true)) refresh_wake_handle();
  return reactor_->poll.get();
}

TimePoint Loop::poll_deadline() const noexcept {
  return TimePoint(TimePoint::duration(poll_deadline_.load(std::memory_order_relaxed)));
}

bool Loop::poll_is_over() const noexcept {
  const TimePoint deadline = poll_deadline();
  return deadline != TimePoint::max() && Clock::now() >= deadline;
}

bool Loop::should_make_way() const noexcept {
  return others_ready() || timers_.next() <= Clock::now() || poll_is_over();
}

bool Loop::due() const noexcept {
  if (posted_.load(std::memory_order_acquire) > 0) return true;
  return timers_.next() != TimePoint::max() && timers_.next() <= Clock::now();
}

// Called whenever a fiber stops running: sees to it that a server runs when a job or timer is due. They are
// not run here, in the middle of the scheduler, because they may wait. A server that stops running inside a
// job waits there: another takes over.
void Loop::serve() noexcept {
  if (context::active() == server_) {
    if (server_idle_)
      return;  // on its way to sleep: whoever stops running next wakes it, and be it the dispatcher
    server_ = nullptr;
  }
  if (!due()) return;
  reactor_->context.poll();  // only wake-ups, which have had their effect
  if (server_ == nullptr) {
    if (!server_coming_) start_server();
  } else if (std::exchange(server_idle_, false)) {
    waking_server_ = true;
    context::active()->schedule(server_);
    waking_server_ = false;
  }
}

std::function<void()> Loop::take_posted() {
  const std::scoped_lock lock(mutex_);
  if (jobs_.empty()) return {};
  auto job = std::move(jobs_.front());
  jobs_.pop_front();
  posted_.fetch_sub(1, std::memory_order_relaxed);
  return job;
}

void Loop::start_server() {
  server_coming_ = true;
  ++servers_;
  boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, FiberStack(), [this] {
    run_server();
    --servers_;
  }).detach();
}

void Loop::run_server() {
  context* const self = context::active();
  server_ = self;
  server_coming_ = false;
  while (server_ == self && !stopping_) {
    if (auto job = take_posted()) {
      job();
    } else if (due()) {
      timers_.run_due(Clock::now());
    } else {
      server_idle_ = true;
      self->suspend();
    }
  }
  if (server_ == self) server_ = nullptr;
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
  refresh_wake_handle();
}

}  // namespace cloche::loop
