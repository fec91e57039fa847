#pragma once

#include <cloche/bindings.h>
#include <cloche/detail/outgoing.h>
#include <cloche/host.h>
#include <cloche/plugin.h>
#include <memory>
#include <string>
#include <vector>

namespace cloche {

class Worker;

/// One running copy of a plugin, as its handles see it. Any thread may call these.
class Instance {
 public:
  virtual ~Instance() = default;

  [[nodiscard]] virtual const PluginInfo& info() const noexcept = 0;
  [[nodiscard]] virtual const Grants& grants() const noexcept = 0;
  [[nodiscard]] virtual std::vector<std::string> exports() const = 0;

  virtual void call_export(const CallOptions& options, std::string_view name, detail::Outgoing& outgoing) = 0;
  virtual void read_export(std::string_view name, detail::Outgoing& outgoing) = 0;

  virtual Future<void> unload() = 0;
};

/// What an instance is made of.
struct InstanceParts {
  Bindings bindings;
  std::shared_ptr<const PackageFiles> files;
  std::string main;  ///< path of the main module in `files`
  bool code_generation = true;
  bool web_assembly = true;
  bool contain_crashes = true;
  std::string group = {};  ///< those of one name share an isolate; empty: it has one of its own
  std::shared_ptr<LogSink> log;
  std::shared_ptr<Observer> observer;
};

/// Makes an instance on `worker`, from any thread, and runs its main module; the future settles when that is
/// done. `gone` is called on the worker's thread when the instance has been destroyed, whether or not it was
/// ever loaded.
[[nodiscard]] Future<std::shared_ptr<Instance>> start_instance(Worker& worker, InstanceParts parts,
                                                               std::function<void()> gone);

}  // namespace cloche
