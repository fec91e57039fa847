#pragma once

#include <cloche/builtin/plugins.h>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cloche {

namespace supervision {
class Slot;
}

/// How plugins of one host call each other. Which call of a plugin's brought about which other one is not known, so the
/// depth of a call is one more than that of the deepest call that its caller has to answer.
class PluginCalls final : public PluginDirectory {
 public:
  static constexpr std::size_t kDeepest = 16;

  /// `slots` gives those that are loaded now; any thread.
  explicit PluginCalls(std::function<std::vector<std::shared_ptr<supervision::Slot>>()> slots)
      : slots_(std::move(slots)) {}
  /// From now on nobody is there.
  void close();

  [[nodiscard]] Result<std::string> provider(const PluginInfo& caller,
                                             std::string_view interface) const override;
  [[nodiscard]] Future<Value> call(const PluginInfo& caller, std::string_view interface, std::string function,
                                   std::vector<Value> arguments) override;

 private:
  struct UnderWay {
    std::string callee;
    std::size_t depth = 0;
  };
  struct Ledger {
    std::mutex mutex;
    std::list<UnderWay> calls;  // under mutex
  };
  using Slots = std::vector<std::shared_ptr<supervision::Slot>>;

  [[nodiscard]] Slots slots() const;
  [[nodiscard]] Result<std::shared_ptr<supervision::Slot>> find(const PluginInfo& caller,
                                                                std::string_view interface) const;
  [[nodiscard]] std::shared_ptr<void> begin(const std::string& caller, const std::string& callee);

  mutable std::mutex mutex_;
  std::function<Slots()> slots_;  // under mutex_
  const std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>();
};

}  // namespace cloche
