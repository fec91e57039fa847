#include "net/streams.h"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

#include "net/net_rule.h"

namespace cloche::net {

// Which streams are over, told from the thread that ended them to the thread they belong to.
class Streams::Ended {
 public:
  Ended() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!bell_) throw std::system_error(errno, std::generic_category(), "eventfd");
  }

  [[nodiscard]] int bell() const noexcept { return bell_.get(); }

  void add(std::uint32_t id) {
    {
      const std::scoped_lock lock(mutex_);
      ids_.push_back(id);
    }
    ::eventfd_write(bell_.get(), 1);
  }

  std::vector<std::uint32_t> take() {
    eventfd_t count = 0;
    ::eventfd_read(bell_.get(), &count);
    const std::scoped_lock lock(mutex_);
    return std::exchange(ids_, {});
  }

 private:
  FileDescriptor bell_;
  std::mutex mutex_;
  std::vector<std::uint32_t> ids_;
};

// What ties a stream to its grant: the lease, which must not outlive the plugin, so that whoever ends it
// drops it, on whichever thread.
class Streams::Tie {
 public:
  // Called by the lease, perhaps before `hold`.
  void end() {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    lease_.reset();
  }
  void hold(std::unique_ptr<Lease> lease) {
    const std::scoped_lock lock(mutex_);
    if (!over_) lease_ = std::move(lease);
  }
  [[nodiscard]] bool over() const {
    const std::scoped_lock lock(mutex_);
    return over_;
  }

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<Lease> lease_;
  bool over_ = false;
};

Streams::Streams(Reactor& reactor) : ended_(std::make_shared<Ended>()) {
  auto watch =
      reactor.watch(ended_->bell(), Reactor::Interest::read, [this](Reactor::Ready) { drop_ended(); });
  if (!watch)
    throw std::system_error(std::make_error_code(std::errc::too_many_files_open), watch.error().message());
  watch_ = std::move(*watch);
}

Streams::~Streams() = default;

void Streams::drop_ended() {
  for (const std::uint32_t id : ended_->take()) streams_.erase(id);
}

Result<std::uint32_t> Streams::add(Call& call, std::shared_ptr<Transfer> transfer) {
  const std::uint32_t id = ++last_;
  const auto tie = std::make_shared<Tie>();
  tie->hold(call.lease([tie = std::weak_ptr(tie), ended = std::weak_ptr(ended_), id] {
    if (const auto held = tie.lock()) held->end();
    if (const auto told = ended.lock()) told->add(id);
  }));
  if (tie->over()) return call.revoked();
  streams_.emplace(id, Stream{&call.scope<NetScope>(), std::move(transfer), tie});
  return id;
}

std::shared_ptr<Transfer> Streams::find(const Call& call, std::uint32_t id) const {
  const auto found = streams_.find(id);
  const bool own = found != streams_.end() && found->second.owner == &call.scope<NetScope>();
  return own && !found->second.tie->over() ? found->second.transfer : nullptr;
}

void Streams::close(const Call& call, std::uint32_t id) {
  if (find(call, id)) streams_.erase(id);
}

}  // namespace cloche::net
