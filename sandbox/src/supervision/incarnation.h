#pragma once

#include "instance.h"

#include <memory>
#include <optional>

namespace cloche::supervision {

class Slot;

/// What is known of a plugin by its handles, whether or not an instance lives.
struct Identity {
  PluginInfo info;
  Grants grants;
  std::vector<std::string> exports;
};

/// One instance of the several that a Slot has one after another. Belongs to the worker's thread.
class Incarnation final : public InstanceKeeper {
 public:
  Incarnation(std::shared_ptr<Slot> slot, const InstanceParts& parts)
      : slot_(std::move(slot)),
        identity_{parts.bindings.plugin(), parts.bindings.grants(), {}},
        usage_(parts.usage) {}

  void made(std::shared_ptr<Instance> instance) override { instance_ = std::move(instance); }
  void crashed(const Error& error) override;
  void limited(Errc limit) override;
  void gone() override;

  /// Null before it was made, and when it is gone.
  [[nodiscard]] const std::shared_ptr<Instance>& instance() const noexcept { return instance_; }
  [[nodiscard]] const std::optional<Error>& crash() const noexcept { return crash_; }
  [[nodiscard]] const Identity& identity() const noexcept { return identity_; }
  [[nodiscard]] const std::shared_ptr<Usage>& usage() const noexcept { return usage_; }

 private:
  std::shared_ptr<Slot> slot_;
  Identity identity_;
  std::shared_ptr<Usage> usage_;
  std::shared_ptr<Instance> instance_;
  std::optional<Error> crash_;
};

}  // namespace cloche::supervision
