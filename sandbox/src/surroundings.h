#pragma once

#include "rate_limit.h"
#include "usage.h"
#include "worker.h"

#include <cloche/audit.h>
#include <cloche/call.h>
#include <cloche/error.h>
#include <cloche/function.h>
#include <cloche/limits.h>
#include <cloche/log_sink.h>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cloche {

namespace js {
class StackServices;
}

/// Where a turn of an instance comes from. In each round of its event loop the sources are served in this
/// order; microtasks are run at the end of every turn.
enum class TurnSource : std::uint8_t {
  mailbox,      ///< calls, and what has to keep its order with them
  timer,        ///< `setTimeout` and `setInterval`
  host,         ///< asynchronous host functions that ended
  engine_task,  ///< V8's own
};

/// What a plugin's JavaScript world asks of the instance around it. Belongs to the worker's thread, but for
/// `enqueue`.
class Surroundings {
 public:
  virtual ~Surroundings() = default;

  [[nodiscard]] virtual const PluginInfo& plugin() const noexcept = 0;
  [[nodiscard]] virtual const Limits& limits() const noexcept = 0;
  [[nodiscard]] virtual Worker& worker() noexcept = 0;
  [[nodiscard]] virtual Usage& usage() noexcept = 0;
  /// Who is told of each use of a capability; null: nobody.
  [[nodiscard]] virtual AuditSink* audit() noexcept = 0;
  /// Of `limits().host_calls_per_second`.
  [[nodiscard]] virtual RateLimit& host_call_rate() noexcept = 0;

  /// Has `job` run inside the realm, soon, as a turn of its own. From any thread; dropped once the instance
  /// is closing.
  virtual void enqueue(TurnSource source, std::function<void()> job) = 0;

  /// Starts a fiber for a host function; the instance is not destroyed before it ends.
  virtual void spawn(std::function<void(CallServices&)> body) = 0;
  /// How many of those run.
  [[nodiscard]] virtual std::uint64_t under_way() const noexcept = 0;
  /// What a host function that runs on the plugin's own stack may ask for.
  [[nodiscard]] virtual js::StackServices& sync_services() noexcept = 0;

  /// Makes a handle, for any thread, of the function the realm keeps under `id`; after the last copy the
  /// realm is told to release it.
  [[nodiscard]] virtual Function make_handle(std::uint64_t id, std::string name) = 0;
  /// The id behind a handle that was made here.
  [[nodiscard]] virtual std::optional<std::uint64_t> handle_id(const Function& function) const = 0;

  virtual void log(LogLevel level, std::string_view text) = 0;
  /// About how much of the heap it shares with others is its own, in bytes.
  virtual void heap_estimated(ByteCount bytes) = 0;
  virtual void unhandled_rejection(const Error& error) = 0;
};

}  // namespace cloche
