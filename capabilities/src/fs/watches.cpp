#include "fs/watches.h"

#include <algorithm>
#include <atomic>
#include <cloche/text.h>
#include <cloche/value.h>
#include <sys/stat.h>
#include <utility>

#include "fs/inotify.h"
#include "fs/locate.h"
#include "fs/temporary_file.h"

namespace cloche::fs {
namespace {

// What is told and not yet taken has half of the mailbox at most, so that it keeps no call out of it. Shared with the
// answers, which come on any thread and may outlast the watch.
class Teller : public std::enable_shared_from_this<Teller> {
 public:
  Teller(Function callback, std::string name, std::uint64_t mailbox)
      : callback_(std::move(callback)),
        name_(std::move(name)),
        room_(std::max<std::uint64_t>(mailbox / 2, 1)) {}

  void tell(const char* type, std::string_view file) {
    if (under_way_.fetch_add(1) < room_) return hand_over(type, file);
    under_way_.fetch_sub(1);
    lost_.store(true);
  }
  void overflow() { tell("overflow", {}); }

 private:
  void hand_over(const char* type, std::string_view file) {
    std::string path = name_;
    if (!file.empty()) path += (path.ends_with('/') ? "" : "/") + std::string(file);
    callback_({Object{{"type", type}, {"path", std::move(path)}}})
        .then([](const std::function<void()>& job) { job(); },
              [self = shared_from_this()](const Result<Value>& answer) { self->answered(answer); });
  }

  // Once all was taken, the plugin is told that something was not.
  void answered(const Result<Value>& answer) {
    const Errc code = answer ? Errc::threw : answer.error().code();
    if (code == Errc::mailbox_limit) lost_.store(true);
    if (under_way_.fetch_sub(1) == 1 && code != Errc::mailbox_limit && lost_.exchange(false)) overflow();
  }

  const Function callback_;
  const std::string name_;
  const std::uint64_t room_;
  std::atomic<std::uint64_t> under_way_{0};
  std::atomic<bool> lost_{false};
};

const char* type_of(Happening::Kind kind) {
  switch (kind) {
    case Happening::Kind::created: return "created";
    case Happening::Kind::changed: return "changed";
    case Happening::Kind::removed:
    case Happening::Kind::gone: return "removed";
    case Happening::Kind::overflow: return "overflow";
  }
  return "changed";
}

}  // namespace

// Looks each time whether what it watches is still where it was: a folder that was moved elsewhere, by itself or with one
// it lies in, is no longer what the scope was asked about. It holds no descriptor, which would keep the kernel from telling
// that the file is gone.
class Watches::One : public std::enable_shared_from_this<One> {
 public:
  One(const FileScope& scope, const Located& located, std::shared_ptr<Teller> teller)
      : scope_(scope), path_(located.real), status_(located.status), teller_(std::move(teller)) {}
  ~One() { stop(); }
  One(const One&) = delete;
  One& operator=(const One&) = delete;

  Result<void> start(Inotify& inotify, const FileDescriptor& file) {
    auto number = inotify.add(file, [weak = weak_from_this()](const Happening& happening) {
      if (const auto self = weak.lock()) self->happened(happening);
    });
    if (!number) return number.error();
    inotify_ = inotify.handle();
    number_ = *number;
    return {};
  }
  void keep(std::unique_ptr<Lease> lease) { lease_ = std::move(lease); }
  /// What the lease calls, on any thread: nothing is told from then on.
  [[nodiscard]] std::function<void()> silencer() {
    return [over = over_] { over->store(true); };
  }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  void happened(const Happening& happening) {
    if (over_->load()) return stop();
    if (happening.kind == Happening::Kind::overflow) return teller_->overflow();
    if (happening.kind == Happening::Kind::gone || !in_place()) {
      teller_->tell("removed", {});
      return stop();
    }
    if (inside(happening.name)) teller_->tell(type_of(happening.kind), happening.name);
  }

  [[nodiscard]] bool in_place() const {
    struct stat now {};
    return ::lstat(join(path_).c_str(), &now) == 0 && now.st_dev == status_.st_dev &&
           now.st_ino == status_.st_ino;
  }

  [[nodiscard]] bool inside(std::string_view name) const {
    if (name.empty()) return true;
    PathParts path = path_;
    path.emplace_back(name);
    return is_utf8(name) && !is_temporary_name(name) && scope_.permit(path).has_value();
  }

  void stop() {
    if (const auto inotify = inotify_.lock(); inotify && !stopped_) (*inotify)->remove(number_);
    stopped_ = true;
  }

  const FileScope& scope_;
  const PathParts path_;
  const struct stat status_;
  const std::shared_ptr<Teller> teller_;
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  std::weak_ptr<Inotify*> inotify_;
  std::uint64_t number_ = 0;
  bool stopped_ = false;
  std::unique_ptr<Lease> lease_;
};

Result<std::uint32_t> Watches::watch(Call& call, const std::string& name, const Function& callback) {
  std::erase_if(watches_, [](const auto& entry) { return entry.second->stopped(); });
  if (watches_.size() >= kMaxWatches) {
    return Error(Errc::quota, "the plugin watches 256 files or folders already; end some");
  }
  auto located = call.blocking([&] { return locate(scope_, name); });
  if (!located) return located.error();
  auto teller = std::make_shared<Teller>(callback, name, call.plugin().limits.mailbox);
  auto one = std::make_shared<One>(scope_, *located, std::move(teller));
  if (auto started = one->start(call.reactor().service<Inotify>(), located->fd); !started)
    return started.error();
  one->keep(call.lease(one->silencer()));
  watches_.emplace(++last_, std::move(one));
  return last_;
}

bool Watches::unwatch(std::uint32_t number) { return watches_.erase(number) != 0; }

}  // namespace cloche::fs
