#pragma once

#include <cloche/future.h>
#include <cloche/holding.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cloche {

/// Who decides what a plugin asks for while it runs: the host. Called on the plugin's thread.
class PermissionDesk {
 public:
  virtual ~PermissionDesk() = default;
  /// Asks the user for `capability`, which the plugin of these Holdings does not hold and may be asked for; several
  /// requests for the same are one. By the time it is settled the Holding is what was decided.
  [[nodiscard]] virtual Future<Permission> request(std::string_view capability) = 0;
};

/// All that one plugin holds, and what it may still be given: a Holding for every capability that its manifest asks for
/// and that this host has.
class Holdings {
 public:
  Holding& add(std::string capability, Permission state, bool ignored = false);

  /// Null for what the manifest does not ask for.
  [[nodiscard]] Holding* find(std::string_view capability) const noexcept;
  [[nodiscard]] const std::vector<std::unique_ptr<Holding>>& all() const noexcept { return all_; }

  /// `denied` for what the manifest does not ask for. Any thread.
  [[nodiscard]] Permission query(std::string_view capability) const noexcept;

  /// Asks where there is something to ask, and gives the state that comes of it.
  [[nodiscard]] Future<Permission> request(std::string_view capability);
  /// Null: nobody can be asked. It outlives the last request.
  void set_desk(PermissionDesk* desk) noexcept { desk_ = desk; }

  /// Has `changed(capability, state)` called after each change, on the plugin's thread, until the number that it gives
  /// is handed to `unwatch`.
  std::uint64_t watch(std::function<void(std::string_view, Permission)> changed);
  void unwatch(std::uint64_t number);
  /// To be called by who opened or closed a Holding.
  void tell(const Holding& holding);

 private:
  std::vector<std::unique_ptr<Holding>> all_;
  PermissionDesk* desk_ = nullptr;
  std::uint64_t last_watch_ = 0;
  std::map<std::uint64_t, std::function<void(std::string_view, Permission)>> watches_;
};

}  // namespace cloche
