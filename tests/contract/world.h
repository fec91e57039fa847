#pragma once

#include <cloche/builtin.h>
#include <cloche/builtin/plugins.h>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "unit/capabilities/http_server.h"
#include "unit/capabilities/support.h"
#include "unit/capabilities/temporary_folder.h"

namespace cloche::contract {

/// Futures that are not settled before somebody says so: what waits for them waits until it is ended.
template <class T>
class Pending {
 public:
  [[nodiscard]] Future<T> next() { return promises_.emplace_back().future(); }
  [[nodiscard]] std::size_t count() const noexcept { return promises_.size(); }
  void settle_all(const Result<T>& result) {
    for (const Promise<T>& promise : promises_) promise.settle(result);
  }

 private:
  std::vector<Promise<T>> promises_;
};

/// The rules of `editor.open`, a capability as a host would define one.
struct OpenRule {
  std::string language;  ///< "*": any
};
BOOST_DESCRIBE_STRUCT(OpenRule, (), (language))

/// What capabilities work on while they are tested: a folder, a server, an application, other plugins, a user; and the registry
/// of all there are.
class World final : public PluginDirectory, public PermissionDesk {
 public:
  World();

  [[nodiscard]] std::shared_ptr<const Registry> registry() const noexcept { return registry_; }
  /// Of the server: `/now/…` answers at once, `/later/…` when it is told to.
  [[nodiscard]] std::string url(const std::string& path) const { return server_.url(path); }

  [[nodiscard]] Result<std::string> provider(const PluginInfo&, std::string_view) const override {
    return std::string("com.acme.other");
  }
  [[nodiscard]] Future<Value> call(const PluginInfo&, std::string_view, std::string function,
                                   std::vector<Value>) override {
    if (function == "echo") return Result<Value>(Value("echo"));
    return answers.next();
  }
  [[nodiscard]] Future<Permission> request(std::string_view) override { return decisions.next(); }

  testing::TemporaryFolder folder;
  std::ostringstream log;
  std::shared_ptr<EventBus> events = std::make_shared<EventBus>();
  std::shared_ptr<Configuration> config = std::make_shared<Configuration>();
  Pending<Value> answers;         ///< of other plugins, and of the editor
  Pending<Permission> decisions;  ///< of the user

 private:
  testing::HttpServer server_;
  std::shared_ptr<Registry> registry_;
};

}  // namespace cloche::contract
