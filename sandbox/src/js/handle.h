#pragma once

#include "js/js_instance.h"

#include <cloche/function.h>
#include <string>

namespace cloche::js {

/// What a Function handle of a plugin's function names: the instance, while it lives, and the function it
/// keeps.
class Handle final : public FunctionTarget {
 public:
  Handle(std::weak_ptr<JsInstance> instance, std::uint64_t id, std::string name)
      : instance_(std::move(instance)), id_(id), name_(std::move(name)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override {
    if (const auto instance = instance_.lock()) instance->release_kept(id_);
  }

  [[nodiscard]] Future<Value> call(std::vector<Value> arguments) override;
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] bool is_of(const JsInstance& instance) const noexcept {
    return instance_.lock().get() == &instance;
  }

 private:
  std::weak_ptr<JsInstance> instance_;
  std::uint64_t id_;
  std::string name_;
};

}  // namespace cloche::js
