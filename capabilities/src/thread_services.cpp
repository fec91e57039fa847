#include <cloche/thread_services.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cloche/directory.h>
#include <map>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cloche {
namespace {

using Clock = std::chrono::steady_clock;

constexpr short events_of(Reactor::Interest interest) {
  const auto bits = static_cast<unsigned>(interest);
  return static_cast<short>(((bits & 1U) != 0 ? POLLIN : 0) | ((bits & 2U) != 0 ? POLLOUT : 0));
}

// Wakes a thread that polls. Shared with the wakers, which may outlast it.
class Bell {
 public:
  Bell() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!descriptor_) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }
  void ring() const noexcept { ::eventfd_write(descriptor_.get(), 1); }
  void silence() const noexcept {
    eventfd_t count = 0;
    ::eventfd_read(descriptor_.get(), &count);
  }

 private:
  FileDescriptor descriptor_;
};

}  // namespace

class ThreadServices::PollReactor final : public Reactor {
 public:
  const std::shared_ptr<Bell> bell = std::make_shared<Bell>();

  PollReactor() = default;
  ~PollReactor() override { end_services(); }

  Result<std::unique_ptr<Watch>> watch(int descriptor, Interest interest,
                                       std::function<void(Ready)> ready) override {
    if (!watched_.emplace(descriptor, Watched{interest, std::move(ready)}).second)
      return Error(Errc::io, "the descriptor is watched already");
    return std::unique_ptr<Watch>(std::make_unique<PollWatch>(*this, descriptor));
  }

  std::unique_ptr<Alarm> after(Duration delay, std::function<void()> due) override {
    const auto now = Clock::now();
    const bool never = delay > Clock::time_point::max() - now;
    const AlarmId id{never ? Clock::time_point::max() : now + delay, ++last_alarm_};
    alarms_.emplace(id, std::move(due));
    return std::make_unique<PollAlarm>(*this, id);
  }

  // Until the bell rings, something was served or `limit` has passed.
  void serve(Duration limit) {
    std::vector<pollfd> set{{bell->descriptor(), POLLIN, 0}};
    for (const auto& [descriptor, watched] : watched_)
      set.push_back({descriptor, events_of(watched.interest), 0});
    const timespec time = until_first(limit);
    if (::ppoll(set.data(), set.size(), &time, nullptr) > 0) {
      if (set.front().revents != 0) bell->silence();
      for (std::size_t i = 1; i < set.size(); ++i) tell(set[i]);
    }
    ring_alarms();
  }

 private:
  struct Watched {
    Interest interest;
    std::function<void(Ready)> ready;
  };
  using AlarmId = std::pair<Clock::time_point, std::uint64_t>;

  class PollWatch final : public Watch {
   public:
    PollWatch(PollReactor& reactor, int descriptor) : reactor_(reactor), descriptor_(descriptor) {}
    ~PollWatch() override { reactor_.watched_.erase(descriptor_); }
    void want(Interest interest) override { reactor_.watched_.at(descriptor_).interest = interest; }

   private:
    PollReactor& reactor_;
    int descriptor_;
  };

  class PollAlarm final : public Alarm {
   public:
    PollAlarm(PollReactor& reactor, AlarmId id) : reactor_(reactor), id_(id) {}
    ~PollAlarm() override { reactor_.alarms_.erase(id_); }

   private:
    PollReactor& reactor_;
    AlarmId id_;
  };

  [[nodiscard]] timespec until_first(Duration limit) const {
    constexpr Duration kLongest = std::chrono::hours(1);
    Duration span = std::clamp(limit, Duration::zero(), kLongest);
    if (!alarms_.empty())
      span = std::clamp<Duration>(alarms_.begin()->first.first - Clock::now(), Duration::zero(), span);
    return {static_cast<time_t>(span / std::chrono::seconds(1)), (span % std::chrono::seconds(1)).count()};
  }

  // A copy is called, for it may end its own watch.
  void tell(const pollfd& polled) {
    const auto found = watched_.find(polled.fd);
    if (polled.revents == 0 || found == watched_.end()) return;
    const bool over = (polled.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    const auto wanted = [&](short event) {
      return (polled.events & event) != 0 && (over || (polled.revents & event) != 0);
    };
    const auto ready = found->second.ready;
    ready({wanted(POLLIN), wanted(POLLOUT)});
  }

  void ring_alarms() {
    const auto now = Clock::now();
    const std::uint64_t until = last_alarm_;
    while (!alarms_.empty() && alarms_.begin()->first.first <= now &&
           alarms_.begin()->first.second <= until) {
      const auto node = alarms_.extract(alarms_.begin());
      node.mapped()();
    }
  }

  std::map<int, Watched> watched_;
  std::map<AlarmId, std::function<void()>> alarms_;
  std::uint64_t last_alarm_ = 0;
};

ThreadServices::ThreadServices() : reactor_(std::make_unique<PollReactor>()) {}
ThreadServices::~ThreadServices() = default;

void ThreadServices::cancel() {
  cancelled_.store(true);
  reactor_->bell->ring();
}

void ThreadServices::serve(Duration delay) { reactor_->serve(delay); }

Reactor& ThreadServices::reactor() noexcept { return *reactor_; }

Result<void> ThreadServices::run_blocking(const std::function<void()>& job) {
  if (cancelled()) return Error(Errc::cancelled, "the call was cancelled");
  job();
  return {};
}

void ThreadServices::park(const Parking& arm) {
  const auto woken = std::make_shared<std::atomic<bool>>(false);
  arm([woken, bell = reactor_->bell] {
    woken->store(true);
    bell->ring();
  });
  while (!*woken && !cancelled()) serve(Duration::max());
}

}  // namespace cloche
