#pragma once

#include <cloche/future.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloche {

class Value;

/// Where calls of a plugin's function go; the sandbox implements it.
class FunctionTarget {
 public:
  virtual ~FunctionTarget() = default;
  [[nodiscard]] virtual Future<Value> call(std::vector<Value> arguments) = 0;
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

/// A handle of a function of a plugin, as a host function receives it for an argument. Calls join the
/// plugin's mailbox like any other and obey the same limits; after the plugin is gone they answer `unloaded`.
/// Copies name the same function; the plugin keeps it alive while a handle lives. May be used from any
/// thread.
class Function {
 public:
  /// No function; a call answers `unloaded`.
  Function() = default;
  explicit Function(std::shared_ptr<FunctionTarget> target) : target_(std::move(target)) {}

  [[nodiscard]] Future<Value> operator()(std::vector<Value> arguments) const;
  /// Its name in the plugin's source; empty for an anonymous one.
  [[nodiscard]] std::string name() const { return target_ ? target_->name() : std::string(); }
  [[nodiscard]] const std::shared_ptr<FunctionTarget>& target() const noexcept { return target_; }

  friend bool operator==(const Function&, const Function&) = default;

 private:
  std::shared_ptr<FunctionTarget> target_;
};

}  // namespace cloche
