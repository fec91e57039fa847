#pragma once

#include <cloche/directory.h>
#include <cloche/reactor.h>
#include <cloche/result.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

namespace cloche::fs {

/// What happened to something that is watched.
struct Happening {
  enum class Kind : std::uint8_t {
    created,
    changed,
    removed,
    gone,      ///< what is watched was removed or moved: nothing more will come
    overflow,  ///< the kernel had more to tell than it can keep
  };
  Kind kind = Kind::changed;
  std::string_view name;  ///< in the folder that is watched; empty: itself
};

/// The inotify(7) of one thread: a service of its reactor. Several may watch the same file.
class Inotify {
 public:
  using Handler = std::function<void(const Happening&)>;

  explicit Inotify(Reactor& reactor);
  Inotify(const Inotify&) = delete;
  Inotify& operator=(const Inotify&) = delete;

  /// Tells `handler` what happens to the open file, or in the open folder, until the number it gives is handed to
  /// `remove`. Error: `io`.
  [[nodiscard]] Result<std::uint64_t> add(const FileDescriptor& file, Handler handler);
  void remove(std::uint64_t number);

  /// Itself, for those that may outlive it.
  [[nodiscard]] std::weak_ptr<Inotify*> handle() const noexcept { return self_; }

 private:
  struct Subscription {
    int descriptor;
    Handler handler;
  };
  void read_ready();
  void tell(int descriptor, const Happening& happening);
  [[nodiscard]] bool is_watched(int descriptor) const;

  FileDescriptor fd_;
  int error_ = 0;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Subscription> subscriptions_;
  std::unique_ptr<Reactor::Watch> watch_;
  std::shared_ptr<Inotify*> self_ = std::make_shared<Inotify*>(this);
};

}  // namespace cloche::fs
