#pragma once

#include <cloche/config_schema.h>
#include <cloche/future.h>
#include <cloche/grants.h>
#include <cloche/holding.h>
#include <cloche/holdings.h>
#include <cloche/limits.h>
#include <cloche/reactor.h>
#include <cloche/result.h>
#include <cloche/use_watch.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cloche {

class PluginDirectory;

/// Who is calling.
struct PluginInfo {
  std::string id;
  std::string name;
  std::string version;
  Limits limits = {};                    ///< what its grants allow; `bind` fills them in
  std::shared_ptr<UseWatch> watch = {};  ///< counts what capabilities let it use; null: nobody counts
  std::shared_ptr<PluginDirectory> neighbours =
      {};  ///< the other plugins of its host; null: it cannot reach any
  std::shared_ptr<const ConfigTerms> config = {};  ///< what its package says of its settings; null: nothing
};

/// What a host function may ask of whoever runs it: how it waits is how a Parker does, and it waits no longer once the
/// call is cancelled. The sandbox implements it with fibers, `ThreadServices` with the calling thread.
class CallServices : public Parker {
 public:
  [[nodiscard]] virtual bool cancelled() const noexcept = 0;
  /// The thread's.
  [[nodiscard]] virtual Reactor& reactor() noexcept = 0;
  [[nodiscard]] virtual Result<void> run_blocking(const std::function<void()>& job) = 0;
};

namespace detail {

template <class T>
struct AsResult {
  using type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
};

}  // namespace detail

/// One use of a host function by one plugin: a host function that takes a `Call&` first is given it. It lives
/// as long as the function runs and is used on its thread alone.
///
/// When the capability is revoked meanwhile, waits end with `not_capable`, and whatever the function answers, that is
/// what the plugin is told.
class Call {
 public:
  Call(const PluginInfo& plugin, Holdings& holdings, Holding& holding, CallServices& services) noexcept
      : plugin_(plugin),
        holdings_(holdings),
        holding_(holding),
        stamp_(holding.stamp()),
        grant_(holding.grant()),
        scope_(holding.scope()),
        services_(services) {}

  [[nodiscard]] const PluginInfo& plugin() const noexcept { return plugin_; }
  /// What the plugin was granted of this capability when the call began.
  [[nodiscard]] const Grant& grant() const noexcept { return grant_; }
  /// All that the plugin holds.
  [[nodiscard]] Holdings& holdings() const noexcept { return holdings_; }

  /// What the capability's `scope` function made of the grant for this plugin; T is what it makes.
  template <class T>
  [[nodiscard]] T& scope() const noexcept {
    return *static_cast<T*>(scope_);
  }

  /// Whether the grant it began with still stands.
  [[nodiscard]] bool live() const noexcept { return holding_.stamp() == stamp_; }

  /// Whether nobody waits for the result any more: the caller's deadline passed, the plugin is being unloaded, or the
  /// capability was revoked.
  [[nodiscard]] bool cancelled() const noexcept { return services_.cancelled() || !live(); }

  /// Waits for `future`. Other plugins run meanwhile. Errors, besides those of the future: `cancelled`, `not_capable`,
  /// at once, when the call is or the capability is revoked; the function then ends what it began.
  template <class T>
  [[nodiscard]] Result<T> wait(Future<T> future) {
    OwnParker parker(*this);
    auto result = future.get(parker);
    if (!live()) return revoked();
    return result;
  }

  /// What a Parker does while the call lasts: returns early when it is cancelled, or the capability is revoked.
  void park(const Parking& arm);

  /// Waits. Errors: as of `wait`.
  [[nodiscard]] Result<void> sleep(Duration duration);

  /// Where to wait for descriptors and for time.
  [[nodiscard]] Reactor& reactor() const noexcept { return services_.reactor(); }

  /// For what the function leaves behind (a subscription, a stream): has `end` called, once, when the capability is
  /// revoked or the plugin goes, on whichever thread does that. At once when that has been.
  [[nodiscard]] std::unique_ptr<Lease> lease(std::function<void()> end) {
    return holding_.lease(Holding::epoch_of(stamp_), std::move(end));
  }

  /// Tells the audit what the call is about, without what is secret in it (a path, a URL without its query, a command),
  /// and which rule of the scope it matched.
  void about(std::string_view subject, std::string_view rule = {}) {
    if (notes_ != nullptr) *notes_ = {std::string(subject), std::string(rule)};
  }
  struct Notes {
    std::string subject;
    std::string rule;
  };
  /// Where that is kept; null: nobody wants to know.
  void keep_notes(Notes* notes) noexcept { notes_ = notes; }

  /// What a call is answered whose capability is not granted (any more).
  [[nodiscard]] Error revoked() const { return not_capable(holding_); }

  /// Runs `f()` on a thread that may block, waits for it, and gives what it returned, a T or a Result<T>. `f`
  /// is always run to its end, so it may refer to the caller's variables. Error: `cancelled` when it was not
  /// begun.
  template <class F>
  [[nodiscard]] auto blocking(F&& f) -> typename detail::AsResult<std::invoke_result_t<F&>>::type {
    using T = std::invoke_result_t<F&>;
    if constexpr (std::is_void_v<T>) {
      return services_.run_blocking([&] { f(); });
    } else {
      std::optional<T> value;
      auto ran = services_.run_blocking([&] { value.emplace(f()); });
      if (!ran) return ran.error();
      return std::move(*value);
    }
  }

 private:
  struct OwnParker final : Parker {
    explicit OwnParker(Call& its_call) noexcept : call(its_call) {}
    void park(const Parking& arm) override { call.park(arm); }
    Call& call;
  };

  const PluginInfo& plugin_;
  Holdings& holdings_;
  Holding& holding_;
  const std::uint64_t stamp_;
  const Grant& grant_;
  void* const scope_;
  CallServices& services_;
  Notes* notes_ = nullptr;
};

}  // namespace cloche
