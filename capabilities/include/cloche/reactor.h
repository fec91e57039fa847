#pragma once

#include <cloche/limits.h>
#include <cloche/result.h>
#include <cstdint>
#include <functional>
#include <memory>
#include <typeindex>
#include <unordered_map>

namespace cloche {

/// Where the capabilities of one thread wait for descriptors and for time: the event loop of a worker, or of the
/// thread a capability is tried out on. However many calls wait, no other thread does. Belongs to its thread, where it
/// calls what it is given, between the turns of plugins.
class Reactor {
 public:
  enum class Interest : std::uint8_t { none = 0, read = 1, write = 2, both = 3 };
  /// What a descriptor is ready for; one that was hung up, or that has an error, is ready for whatever was wanted.
  struct Ready {
    bool read = false;
    bool write = false;
  };

  /// A descriptor that is watched, until this is destroyed, which may be done while it is called back. The
  /// descriptor is closed afterwards, not before.
  class Watch {
   public:
    virtual ~Watch() = default;
    virtual void want(Interest interest) = 0;
  };
  /// Something to come; destroying it calls it off.
  class Alarm {
   public:
    virtual ~Alarm() = default;
  };

  Reactor() = default;
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  virtual ~Reactor() = default;

  /// Calls `ready` whenever, and as long as, `descriptor` is ready for what is wanted of it. A descriptor is watched
  /// once at a time. Error: `io`.
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> watch(int descriptor, Interest interest,
                                                             std::function<void(Ready)> ready) = 0;
  /// Calls `due` once, no earlier than after `delay`.
  [[nodiscard]] virtual std::unique_ptr<Alarm> after(Duration delay, std::function<void()> due) = 0;

  /// The T of this reactor: made as `T(Reactor&)` when it is first asked for, destroyed before the reactor is.
  template <class T>
  [[nodiscard]] T& service() {
    std::shared_ptr<void>& slot = services_[typeid(T)];
    if (!slot) slot = std::make_shared<T>(*this);
    return *static_cast<T*>(slot.get());
  }

 protected:
  /// To be called by the destructor of whoever implements it, while it still works.
  void end_services() { services_.clear(); }

 private:
  std::unordered_map<std::type_index, std::shared_ptr<void>> services_;
};

}  // namespace cloche
