#pragma once

#include <atomic>
#include <cloche/error.h>
#include <cloche/grants.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

/// How a plugin stands to a capability, in the words of the W3C's Permissions specification.
enum class Permission : std::uint8_t {
  granted,
  prompt,  ///< not granted; the user is asked when it is used or requested
  denied,
};

std::string_view to_string(Permission permission) noexcept;

/// Something that lasts no longer than the grant it was got with; dropping it ends it sooner.
class Lease {
 public:
  virtual ~Lease() = default;
};

/// One capability as one plugin holds it: now, for it may be given and taken away while the plugin runs. Each
/// time it is taken an epoch ends, and what was begun in it is over: calls under way answer `not_capable`, and
/// leases are ended. Belongs to the plugin's thread, but for `state`, `epoch`, `shut` and the destruction of
/// leases.
class Holding {
 public:
  /// `ignored`: using it while it is not granted does nothing, instead of throwing.
  Holding(std::string capability, Permission state, bool ignored)
      : capability_(std::move(capability)), ignored_(ignored), stamp_(static_cast<std::uint64_t>(state)) {}
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

  [[nodiscard]] const std::string& capability() const noexcept { return capability_; }
  [[nodiscard]] Permission state() const noexcept { return static_cast<Permission>(stamp() % kStates); }
  [[nodiscard]] bool ignored() const noexcept { return ignored_; }
  [[nodiscard]] bool granted() const noexcept { return state() == Permission::granted; }
  [[nodiscard]] std::uint64_t epoch() const noexcept { return stamp() / kStates; }
  /// Epoch and state in one: as long as it is the same, nothing has changed.
  [[nodiscard]] std::uint64_t stamp() const noexcept { return stamp_.load(std::memory_order_acquire); }
  [[nodiscard]] static constexpr std::uint64_t epoch_of(std::uint64_t stamp) noexcept {
    return stamp / kStates;
  }

  /// The grant and what the capability made of it; of the last grant there was, where it is not granted now. What a
  /// call that is under way was given stays until the plugin goes.
  [[nodiscard]] const Grant& grant() const noexcept { return current_->grant; }
  [[nodiscard]] void* scope() const noexcept { return current_->scope.get(); }

  /// From now on it is granted.
  void open(Grant grant, std::shared_ptr<void> scope);
  /// From now on, for calls that begin and for those under way, it is not. Any thread; `end_leases` is to follow.
  void shut(Permission state) noexcept;
  /// Ends the leases of epochs that are over.
  void end_leases();

  /// Has `end` called, once, when the epoch that is given is over: at once if it is, otherwise by `end_leases`. Dropping
  /// the lease waits for nothing: `end` may be under way then.
  [[nodiscard]] std::unique_ptr<Lease> lease(std::uint64_t epoch, std::function<void()> end);

 private:
  static constexpr std::uint64_t kStates = 4;
  struct Held {
    Grant grant;
    std::shared_ptr<void> scope;
  };
  class Leased;
  using LeaseId = std::pair<std::uint64_t, std::uint64_t>;  // its epoch, and its number

  const std::string capability_;
  const bool ignored_;
  std::atomic<std::uint64_t> stamp_;
  const Held* current_ = nullptr;  // of held_
  std::mutex mutex_;
  std::uint64_t last_lease_ = 0;  // under mutex_, as is
  std::map<LeaseId, std::function<void()>> ends_;
  std::vector<std::unique_ptr<const Held>> held_;  // last: what it holds may hold leases
};

/// What whoever uses it is told while it is not granted.
[[nodiscard]] Error not_capable(const Holding& holding);

}  // namespace cloche
