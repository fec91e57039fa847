#include "loop/loop.h"

#include "loop/fiber_stack.h"
#include "loop/scheduler.h"
#include "loop/signal.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/fiber/algo/round_robin.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/scheduler.hpp>
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

// A busy thread looks at its descriptors this often.
constexpr std::chrono::milliseconds kLookEvery{1};

// Where an idle thread sleeps. The io_context wakes it; the four descriptors wake a foreign event loop that
// polls for it.
struct Loop::Reactor {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  FileDescriptor poll{::epoll_create1(EPOLL_CLOEXEC)};
  FileDescriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  FileDescriptor timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};

  boost::asio::posix::stream_descriptor watched{context};

  explicit Reactor(const Descriptors& descriptors) {
    if (!poll || !event || !timer) throw std::runtime_error("no file descriptors are left for an event loop");
    watched.assign(descriptors.handle());
    for (const int fd : {event.get(), timer.get(), descriptors.handle()}) {
      epoll_event interest{};
      interest.events = EPOLLIN;
      interest.data.fd = fd;
      ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd, &interest);
    }
  }

  ~Reactor() { watched.release(); }

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

Loop::Loop(Meter& meter) : reactor_(std::make_unique<Reactor>(descriptors_)), meter_(meter) {
  context::active()->set_properties(nullptr);  // another algorithm's, if any
  auto* const scheduler = new Scheduler(*this, meter.slice());
  context::active()->get_scheduler()->set_algo(scheduler);
  scheduler_ = scheduler;
  outer_loop_ = std::exchange(current_, this);
}

Loop::~Loop() {
  wait_for_none(fibers_);
  stopping_ = true;
  if (std::exchange(server_idle_, false)) context::active()->schedule(server_);
  wait_for_none(servers_);
  while (posting_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  boost::fibers::use_scheduling_algorithm<boost::fibers::algo::round_robin>();
  context::active()->set_properties(nullptr);
  current_ = outer_loop_;
}

void Loop::wait_for_none(const int& count) {
  while (count > 0) {
    last_one_ = context::active();
    last_one_->suspend();
  }
}

void Loop::post(std::function<void()> job, Rank rank) {
  posting_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    // Sequentially consistent against "it begins to compute, then looks for posts": one of the two sees the
    // other.
    posted_.fetch_add(1, std::memory_order_seq_cst);
  }
  if (rank != Rank::background) meter_.preempt();
  wake();
  posting_.fetch_sub(
      1,
      std::
          memory_order_release);  // the job may have ended the Loop's life: nothing of it is touched after this
}

void Loop::spawn(std::function<void()> body, const Standing& standing) {
  start(std::move(body), standing, fibers_);
}

// `count` has one more until the fiber ends.
void Loop::start(std::function<void()> body, const Standing& standing, int& count) {
  ++count;
  boost::fibers::fiber_properties* const place =
      new FiberPlace(nullptr, standing);  // the fiber's from here on
  boost::fibers::fiber(boost::fibers::launch::post, place, std::allocator_arg, FiberStack(),
                       [this, &count, body = std::move(body)] {
                         body();
                         --count;
                         auto* const waiting = std::exchange(last_one_, nullptr);
                         if (waiting != nullptr) context::active()->schedule(waiting);
                       })
      .detach();
}

void Loop::yield() { scheduler_->yield(); }

bool Loop::poll(std::chrono::microseconds budget) {
  reactor_->lower();
  look_at_descriptors(TimePoint::max());
  poll_deadline_ = after(Clock::now(), budget);
  boost::this_fiber::yield();
  poll_deadline_ = TimePoint::max();
  armed_ = TimePoint::min();  // its descriptor was lowered above: arm it anew
  refresh_wake_handle();
  return others_ready() || next_due() <= Clock::now();
}

void Loop::refresh_wake_handle() noexcept {
  if (!watched_) return;
  if (others_ready()) reactor_->raise();
  if (next_due() != armed_) arm_wake_handle();
}

// The timer descriptor is due when the first timer is.
void Loop::arm_wake_handle() noexcept {
  itimerspec when{};
  const TimePoint next = next_due();
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

Place& Loop::place() { return scheduler_->place(); }

ReadyQueue& Loop::ready() noexcept { return scheduler_->ready(); }

bool Loop::others_ready() noexcept { return has_posts() || descriptor_ready_ || !ready().empty(); }

bool Loop::should_make_way() noexcept {
  const TimePoint now = Clock::now();
  look_at_descriptors(now);
  return others_ready() || std::min(next_due(), poll_deadline_) <= now;
}

bool Loop::due(TimePoint now) const noexcept { return has_posts() || descriptor_ready_ || next_due() <= now; }

// The reactor tells of what becomes ready from then on; who watches again looks at what is ready already.
void Loop::watch_descriptors() noexcept {
  if (std::exchange(descriptors_watched_, true)) return;
  using Descriptor = boost::asio::posix::stream_descriptor;
  reactor_->watched.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& error) {
    descriptors_watched_ = false;
    descriptor_ready_ = !error;
  });
}

void Loop::look_at_descriptors(TimePoint now) noexcept {
  if (descriptors_.empty() || now < next_look_) return;
  next_look_ = after(Clock::now(), kLookEvery);
  reactor_->context.poll();
}

void Loop::serve_descriptors() {
  descriptor_ready_ = false;
  if (descriptors_.empty()) return;
  watch_descriptors();
  if (descriptors_.dispatch()) descriptor_ready_ = true;  // there may be more, or the same again
}

// Called whenever a fiber stops running: sees to it that a server runs when a job or timer is due. They are
// not run here, in the middle of the scheduler, because they may wait. A server that stops running inside a
// job waits there: another takes over.
void Loop::serve(TimePoint now) noexcept {
  if (context::active() == server_) {
    if (server_idle_)
      return;  // on its way to sleep: whoever stops running next wakes it, and be it the dispatcher
    server_ = nullptr;
  }
  look_at_descriptors(now);
  if (!due(now)) return;
  reactor_->context.poll();  // only wake-ups, which have had their effect
  if (server_ == nullptr) {
    if (!server_coming_) start_server();
  } else if (std::exchange(server_idle_, false)) {
    context::active()->schedule(server_);
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

// What is due goes first: it takes little time, and others wait for what it brings.
void Loop::start_server() {
  server_coming_ = true;
  start([this] { run_server(); }, {nullptr, Rank::first}, servers_);
}

void Loop::run_server() {
  context* const self = context::active();
  server_ = self;
  server_coming_ = false;
  while (server_ == self && !stopping_) {
    if (auto job = take_posted()) {
      job();
    } else if (const TimePoint now = Clock::now(); due(now)) {
      deadlines_.run_due(now);
      timers_.run_due(now);
      if (descriptor_ready_) serve_descriptors();
    } else {
      server_idle_ = true;
      self->suspend();
    }
  }
  if (server_ == self) server_ = nullptr;
}

void Loop::sleep_until(TimePoint deadline) noexcept {
  if (posted_.load(std::memory_order_acquire) > 0 || descriptor_ready_) return;
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

void Loop::park(const Parking& arm) {
  // Shared with the waker, which may come late or twice.
  struct Wait {
    explicit Wait(Loop& its_loop) noexcept : loop(&its_loop), signal(its_loop) {}
    std::mutex mutex;
    Loop* loop;  // under mutex; null when nobody waits any more
    Signal signal;
  };
  const auto wait = std::make_shared<Wait>(*this);
  arm([wait, rank = place().standing().rank] {
    const std::scoped_lock lock(wait->mutex);
    if (wait->loop == nullptr) return;
    if (wait->loop == current_) {
      wait->signal.notify();
    } else {
      wait->loop->post([wait] { wait->signal.notify(); }, rank);
    }
  });
  wait->signal.wait();
  {
    const std::scoped_lock lock(wait->mutex);
    wait->loop = nullptr;
  }
  refresh_wake_handle();
}

const void* Loop::fiber() noexcept { return context::active(); }

}  // namespace cloche::loop
