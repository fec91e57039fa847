#pragma once

#include "loop/clock.h"
#include "usage.h"

#include <cloche/audit.h>
#include <cloche/bindings.h>
#include <cloche/detail/outgoing.h>
#include <cloche/host.h>
#include <cloche/plugin.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cloche {

class RightsDesk;
class Worker;

/// A call that is on the heap before it reaches an instance.
struct QueuedCall {
  enum class Kind : std::uint8_t { call_export, read_export };
  Kind kind = Kind::call_export;
  std::string name;
  CallOptions options;
  std::shared_ptr<detail::Outgoing> outgoing;
};

/// One running copy of a plugin. Any thread may call these, unless they say otherwise.
class Instance {
 public:
  virtual ~Instance() = default;

  [[nodiscard]] virtual const PluginInfo& info() const noexcept = 0;
  [[nodiscard]] virtual const Grants& grants() const noexcept = 0;
  [[nodiscard]] virtual const Manifest& manifest() const noexcept = 0;
  [[nodiscard]] virtual std::vector<std::string> exports() const = 0;

  virtual void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) = 0;
  virtual void read_export(std::string_view name, detail::Outgoing& outgoing) = 0;
  /// Puts a call, which is counted already, into the mailbox, or says why it cannot be; then it is still to be
  /// failed, and, with `mailbox_limit`, counted as a hit on that limit. Runs no code of the host's.
  [[nodiscard]] virtual std::optional<Error> queue(const QueuedCall& call) = 0;

  /// What it has used and uses, without stopping it.
  [[nodiscard]] virtual Statistics statistics() const = 0;

  virtual Future<void> unload() = 0;

  /// Takes the capabilities of this pattern away at once: what their functions are called for, or answer, from here on
  /// is `not_capable`.
  virtual void revoke(std::string_view pattern) = 0;
  /// Makes what it holds be what `grants` gives, of what it asks for, before long.
  virtual void regrant(Grants grants) = 0;

  // On the worker's thread alone:

  /// Whether the calling fiber is inside, in one of its host functions.
  [[nodiscard]] virtual bool inside() const noexcept = 0;
  /// Whether nothing is under way, and nobody holds a function of it: only timers would be missed.
  [[nodiscard]] virtual bool idle() const noexcept = 0;
  /// Settles when no call is under way any more, at `deadline`, or when it closes, whichever is first. Calls
  /// are still taken; whoever drains it sees to it that none are made.
  [[nodiscard]] virtual Future<void> drain(loop::TimePoint deadline) = 0;
  /// Undoes `drain`.
  virtual void resume() = 0;
};

/// Who keeps an instance, and is told what becomes of it, on the worker's thread.
class InstanceKeeper {
 public:
  virtual ~InstanceKeeper() = default;
  /// It exists, and its main module is about to run.
  virtual void made(std::shared_ptr<Instance> instance) = 0;
  /// The engine gave it up. Told before its callers are.
  virtual void crashed(const Error& error) = 0;
  /// A limit ended what it did. Told inside it: nothing may be done to it now.
  virtual void limited(Errc limit) = 0;
  /// It was destroyed, whether or not it was ever loaded.
  virtual void gone() = 0;
};

/// What an instance is made of.
struct InstanceParts {
  Bindings bindings;
  std::shared_ptr<const PackageFiles> files;
  std::string main;  ///< path of the main module in `files`
  bool code_generation = true;
  bool web_assembly = true;
  bool contain_crashes = true;
  std::uint32_t weight = 100;
  std::string group = {};  ///< those of one name share an isolate; empty: it has one of its own
  std::shared_ptr<LogSink> log;
  std::shared_ptr<Observer> observer;
  std::shared_ptr<AuditSink> audit;  ///< null: nobody wants to know
  std::shared_ptr<Usage> usage;  ///< counts what it does
  std::shared_ptr<const Manifest> manifest;
  std::shared_ptr<RightsDesk> rights;  ///< tells it what it may do when that changes
};

/// Makes an instance on `worker`, from any thread, and runs its main module; the future settles when that is
/// done.
[[nodiscard]] Future<std::shared_ptr<Instance>> start_instance(Worker& worker, InstanceParts parts,
                                                               std::shared_ptr<InstanceKeeper> keeper);

}  // namespace cloche
