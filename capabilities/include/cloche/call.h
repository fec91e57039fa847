#pragma once

#include <cloche/grants.h>
#include <cloche/limits.h>
#include <cloche/result.h>
#include <cloche/use_watch.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace cloche {

/// Who is calling.
struct PluginInfo {
  std::string id;
  std::string name;
  std::string version;
  Limits limits = {};                    ///< what its grants allow; `bind` fills them in
  std::shared_ptr<UseWatch> watch = {};  ///< counts what capabilities let it use; null: nobody counts
};

/// What a host function may ask of whoever runs it. The sandbox implements it with fibers;
/// `make_thread_services` gives one that blocks the thread, for tests of capabilities and for programs
/// without a sandbox.
class CallServices {
 public:
  virtual ~CallServices() = default;
  [[nodiscard]] virtual bool cancelled() const noexcept = 0;
  [[nodiscard]] virtual Result<void> sleep(Duration duration) = 0;
  [[nodiscard]] virtual Result<void> run_blocking(const std::function<void()>& job) = 0;
};

std::unique_ptr<CallServices> make_thread_services();

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
class Call {
 public:
  Call(const PluginInfo& plugin, const Grant& grant, void* scope, CallServices& services) noexcept
      : plugin_(plugin), grant_(grant), scope_(scope), services_(services) {}

  [[nodiscard]] const PluginInfo& plugin() const noexcept { return plugin_; }
  /// What the plugin was granted of this capability.
  [[nodiscard]] const Grant& grant() const noexcept { return grant_; }

  /// What the capability's `scope` function made of the grant for this plugin; T is what it makes.
  template <class T>
  [[nodiscard]] T& scope() const noexcept {
    return *static_cast<T*>(scope_);
  }

  /// Whether nobody waits for the result any more: the caller's deadline passed, or the plugin is being
  /// unloaded.
  [[nodiscard]] bool cancelled() const noexcept { return services_.cancelled(); }

  /// Waits. Other plugins run meanwhile. Error: `cancelled`, at once, when the call is.
  [[nodiscard]] Result<void> sleep(Duration duration) { return services_.sleep(duration); }

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
  const PluginInfo& plugin_;
  const Grant& grant_;
  void* scope_;
  CallServices& services_;
};

}  // namespace cloche
